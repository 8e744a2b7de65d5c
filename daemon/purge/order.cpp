#include "purge/order.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace quotecached::purge {
namespace {

using cache::PurgePattern;

constexpr std::size_t kLongestShown = 40;

tl::unexpected<Error> wrong(std::string_view field, std::string_view word, std::string_view why) {
  return fail(ErrorCode::Invalid,
              fmt::format("{}: '{}' {}", field, printable_part(word, kLongestShown), why));
}

bool is_word(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kLongestWord && std::ranges::all_of(text, is_visible);
}

bool is_number(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 19 && std::ranges::all_of(text, is_digit);
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), to_upper);
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), to_lower);
  return out;
}

// Without its kind a name may be a symbol or a slug: it stands for both.
void add_asset(std::string_view asset, PurgePattern& pattern) {
  const auto colon = asset.find(':');
  const auto kind = colon == std::string_view::npos ? std::string_view() : asset.substr(0, colon);
  const auto name = colon == std::string_view::npos ? asset : asset.substr(colon + 1);
  if (kind == "id" || (kind.empty() && is_number(name))) {
    pattern.ids.emplace_back(name);
    return;
  }
  if (kind != "slug") pattern.symbols.push_back(upper(name));
  if (kind != "symbol") pattern.slugs.push_back(lower(name));
}

Result<void> add_assets(const Order& order, const Tags& tags, PurgePattern& pattern) {
  for (const auto& asset : order.assets) {
    if (!is_asset(asset)) return wrong("asset", asset, "is no id, symbol or slug");
    add_asset(asset, pattern);
  }
  for (const auto& tag : order.tags) {
    const auto found = tags.find(tag);
    if (found == tags.end()) return wrong("tag", tag, "is not among the settings' [tags]");
    if (found->second.empty()) return wrong("tag", tag, "has no assets");
    for (const auto& asset : found->second) add_asset(asset, pattern);
  }
  return {};
}

Result<void> add_endpoints(const Order& order,
                           const catalog::Catalogue& catalogue,
                           PurgePattern& pattern) {
  for (const auto& name : order.endpoints) {
    const auto before = pattern.endpoints.size();
    for (const auto& endpoint : catalogue.endpoints())
      if (endpoint.name == name || endpoint.family == name)
        pattern.endpoints.push_back(endpoint.name);
    if (pattern.endpoints.size() == before)
      return wrong("endpoint", name, "is neither an endpoint nor a family of them");
  }
  return {};
}

Result<void> add_converts(const Order& order, PurgePattern& pattern) {
  for (const auto& convert : order.converts) {
    if (!is_word(convert) || !std::ranges::all_of(convert, is_alphanumeric))
      return wrong("convert", convert, "is no currency such as USD");
    pattern.converts.push_back(upper(convert));
  }
  return {};
}

Result<void> add_globs(const Order& order, PurgePattern& pattern) {
  if (order.globs.size() > kMostGlobs)
    return fail(ErrorCode::Invalid, fmt::format("glob: more than {}", kMostGlobs));
  for (const auto& glob : order.globs) {
    if (!is_word(glob)) return wrong("glob", glob, "is no pattern of keys such as qc1:v2.*");
    pattern.globs.push_back(glob);
  }
  return {};
}

Result<void> check_sizes(const PurgePattern& pattern) {
  if (pattern.ids.size() + pattern.symbols.size() + pattern.slugs.size() > 2 * kMostWords)
    return fail(ErrorCode::Invalid, fmt::format("asset: more than {} assets", kMostWords));
  if (pattern.converts.size() > kMostWords)
    return fail(ErrorCode::Invalid, fmt::format("convert: more than {}", kMostWords));
  return {};
}

}  // namespace

bool is_asset(std::string_view text) noexcept {
  if (!is_word(text)) return false;
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return true;
  const auto kind = text.substr(0, colon);
  const auto name = text.substr(colon + 1);
  if (name.empty()) return false;
  return kind == "id" ? is_number(name) : kind == "symbol" || kind == "slug";
}

Result<PurgePattern> pattern_of(const Order& order,
                                const catalog::Catalogue& catalogue,
                                const Tags& tags) {
  PurgePattern pattern;
  auto fine = add_assets(order, tags, pattern);
  if (fine) fine = add_endpoints(order, catalogue, pattern);
  if (fine) fine = add_converts(order, pattern);
  if (fine) fine = add_globs(order, pattern);
  if (fine) fine = check_sizes(pattern);
  if (!fine) return std::move(fine).failure();
  if (pattern.is_empty())
    return fail(ErrorCode::Invalid,
                "at least one of asset, endpoint, convert, tag and glob is needed (all there is: "
                "glob=*)");
  pattern.normalise();
  return pattern;
}

}  // namespace quotecached::purge
