#include "cli/asset_names.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "cli/option_values.hpp"

namespace quotecache::cli {
namespace {

constexpr std::size_t kLongestName = 200;  // as the daemon takes it

bool is_small(char c) { return c >= 'a' && c <= 'z'; }

// Nothing for what is no number above 0, and for one with zeros before it.
std::optional<Asset> id_of(std::string_view digits) {
  std::int64_t id = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, id);
  if (error != std::errc() || stop != end || id <= 0 || digits.starts_with('0'))
    return std::nullopt;
  return Asset::id(id);
}

bool can_be_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && std::ranges::none_of(text, [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
  });
}

bool are_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<Asset> parse_asset(std::string_view word) {
  const auto colon = word.find(':');
  const auto kind = word.substr(0, colon == std::string_view::npos ? 0 : colon);
  const auto rest = kind.empty() ? word : word.substr(colon + 1);
  if (!can_be_name(rest)) return std::nullopt;
  if (kind == "id") return id_of(rest);
  if (kind == "symbol") return Asset::symbol(rest);
  if (kind == "slug") return Asset::slug(rest);
  if (are_digits(word)) return id_of(word);
  return std::ranges::any_of(word, &is_small) ? Asset::slug(word) : Asset::symbol(word);
}

std::string take_assets(CommandLine& line, const std::string& words) {
  for (const auto& word : items_of(words)) {
    auto asset = parse_asset(word);
    if (!asset)
      return "'" + word + "' is no asset: an id (1), a symbol (BTC) or a slug (bitcoin) is wanted";
    line.ask.assets.push_back(*std::move(asset));
  }
  return {};
}

}  // namespace quotecache::cli
