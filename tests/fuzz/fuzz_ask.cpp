// Any bytes as the parameters of /quotes: reading never crashes, keeps its bounds, and tells what
// is wrong in printable words; what was read reads the same again.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/ascii.hpp"
#include "compact/ask.hpp"

using namespace quotecached;
using namespace quotecached::compact;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::string named(const Ask& ask, catalog::KeyKind by) {
  std::string text;
  for (const auto& asset : ask.assets) {
    if (asset.by == by) text += (text.empty() ? "" : ",") + asset.name;
  }
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

std::string spelled(const Ask& ask) {
  std::string text = "ids=" + named(ask, catalog::KeyKind::Id);
  text += "&symbols=" + named(ask, catalog::KeyKind::Symbol);
  text += "&slugs=" + named(ask, catalog::KeyKind::Slug);
  text += "&convert=" + joined(ask.converts);
  const auto& fields = ask.fields;
  text += "&fields=" + (fields.are_all ? "all" : "id," + joined(fields.names));
  if (ask.takes_first) text += "&ambiguous=first";
  if (ask.begin > 0) text += "&cursor=" + cursor_of(ask, ask.begin);
  return text + "&limit=" + std::to_string(ask.end - ask.begin);
}

void check(const Ask& ask) {
  require(!ask.assets.empty() && ask.assets.size() <= kMostAssets);
  require(!ask.converts.empty() && ask.converts.size() <= kMostConverts);
  require(ask.fields.names.size() <= kMostFields);
  require(ask.begin < ask.end && ask.end <= ask.assets.size());
  require((ask.end - ask.begin) * ask.converts.size() <= kMostRows);
  auto again = parse_ask(spelled(ask), {}, {});
  auto* const read = std::get_if<Ask>(&again);
  require(read != nullptr);
  read->format = ask.format;
  require(*read == ask);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the fuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto half = std::min(text.find('\0'), text.size());
  const auto rest = text.substr(std::min(half + 1, text.size()));
  const auto read = parse_ask(text.substr(0, half), rest, rest);
  if (const auto* const ask = std::get_if<Ask>(&read)) {
    check(*ask);
  } else {
    const auto& problem = std::get<Problem>(read);
    require(problem.code == Code::Invalid && !problem.detail.empty());
    require(std::ranges::all_of(problem.field, is_printable));
    require(std::ranges::all_of(problem.detail, is_printable));
  }
  return 0;
}
