// What an operator orders to be purged, and the pattern that it comes to. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "cache/purge_pattern.hpp"
#include "catalog/catalogue.hpp"

namespace quotecached::purge {

// The assets of each tag, as assets of an order are named.
using Tags = std::map<std::string, std::vector<std::string>, std::less<>>;

inline constexpr std::size_t kMostWords = 500;  // of each list, of assets with those of tags
inline constexpr std::size_t kMostGlobs = 20;
inline constexpr std::size_t kLongestWord = 200;

// Entries that agree with each list that is not empty; assets and the tags' are one list.
struct Order {
  std::vector<std::string> assets;     // "1", "BTC", "bitcoin"; "id:1", "symbol:BTC", "slug:btc"
  std::vector<std::string> endpoints;  // "v2.quotes", or a family: "quotes"
  std::vector<std::string> converts;
  std::vector<std::string> tags;
  std::vector<std::string> globs;
  bool is_dry = false;        // nothing is purged
  bool is_confirmed = false;  // more than a few entries may go
};

// Whether the text can be an asset of an order.
[[nodiscard]] bool is_asset(std::string_view text) noexcept;

// Fails with Invalid, beginning with the name of the field.
[[nodiscard]] Result<cache::PurgePattern> pattern_of(const Order& order,
                                                     const catalog::Catalogue& catalogue,
                                                     const Tags& tags);

}  // namespace quotecached::purge
