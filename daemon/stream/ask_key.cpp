#include "stream/ask_key.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "catalog/query.hpp"

namespace quotecached::stream {
namespace {

using compact::Ask;
using compact::Problem;

constexpr std::string_view kSince = "last_event_id";
constexpr std::array<std::string_view, 3> kNotHere{"format", "limit", "cursor"};

Problem wrong(std::string_view field, std::string detail) {
  return {compact::Code::Invalid,
          std::move(detail),
          std::string(field),
          {},
          RefusedBy(Refuser::Parameters)};
}

// The query without what is for the stream alone.
struct Split {
  std::string rest;
  std::optional<std::string> since;
};

std::optional<Problem> split(std::string_view query, Split& out) {
  std::vector<char> storage;
  catalog::Arena arena(storage, query.size() * 2);
  for (catalog::Pair pair; catalog::next_pair(query, pair);) {
    const auto name = catalog::decode(pair.name, arena).value_or(std::string_view());
    if (std::ranges::count(kNotHere, name) > 0)
      return wrong(name, fmt::format("{} is no parameter of /quotes/stream", name));
    if (name != kSince) {
      if (!out.rest.empty()) out.rest += '&';
      out.rest.append(pair.name).append("=").append(pair.value);
      continue;
    }
    if (out.since) return wrong(kSince, fmt::format("{} is given more than once", kSince));
    out.since = std::string(catalog::decode(pair.value, arena).value_or(std::string_view()));
  }
  return std::nullopt;
}

void put_in_order(Ask& ask) {
  std::ranges::sort(ask.assets, {}, [](const auto& one) { return std::tie(one.by, one.name); });
  std::ranges::sort(ask.converts);
}

std::string key_of(const Ask& ask) {
  std::string key = ask.takes_first ? "first" : "list";
  for (const auto& asset : ask.assets)
    key.append(",").append(std::to_string(static_cast<int>(asset.by))).append(asset.name);
  for (const auto& convert : ask.converts) key.append("|").append(convert);
  if (ask.fields.are_all) key += "/all";
  for (const auto& name : ask.fields.names) key.append("/").append(name);
  return key;
}

}  // namespace

std::variant<ReadAsk, Problem> read_ask(std::string_view query) {
  Split parts;
  if (auto bad = split(query, parts)) return *std::move(bad);
  auto read = compact::parse_ask(parts.rest, {}, {});
  if (auto* const bad = std::get_if<Problem>(&read)) return std::move(*bad);
  auto& ask = std::get<Ask>(read);
  const auto rows = ask.assets.size() * ask.converts.size();
  if (rows > kMostRows)
    return wrong("ids",
                 fmt::format("{} rows are asked for (assets times currencies), at most {} are "
                             "streamed to one listener",
                             rows,
                             kMostRows));
  put_in_order(ask);
  auto key = key_of(ask);
  return ReadAsk{std::make_shared<const Ask>(std::move(ask)),
                 std::move(key),
                 std::move(parts.since).value_or(std::string())};
}

}  // namespace quotecached::stream
