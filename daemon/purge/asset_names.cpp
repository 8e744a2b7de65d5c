#include "purge/asset_names.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <set>
#include <string_view>
#include <utility>

#include "base/ascii.hpp"
#include "catalog/fiat.hpp"
#include "catalog/request.hpp"
#include "quote/alias.hpp"
#include "quote/named_asset.hpp"

namespace quotecached::purge {
namespace {

bool has(const std::vector<std::string>& sorted, std::string_view word) {
  return std::ranges::binary_search(sorted, word);
}

std::string in_upper_case(std::string_view symbol) {
  std::string upper(symbol);
  std::ranges::transform(upper, upper.begin(), to_upper);
  return upper;
}

// Quotes in a fiat currency are none in a coin of that symbol.
bool is_currency_of(std::uint64_t id, std::string_view symbol) {
  return !symbol.empty() && (!catalog::is_fiat_code(symbol) || catalog::is_fiat_id(id));
}

// Calls `see` with each asset of which a copy in memory tells the names.
void visit_assets(const cache::MemoryTier& memory,
                  const std::function<void(const quote::NamedAsset&)>& see) {
  memory.visit([&see](const cache::Item& item) {
    const auto assets = quote::assets_in(item.entry->fragment.text);
    if (!assets) return;
    for (const auto& asset : *assets) see(asset);
  });
}

}  // namespace

std::vector<std::string> alias_keys(const catalog::Catalogue& catalogue,
                                    const cache::PurgePattern& pattern) {
  std::vector<std::string> keys;
  const auto add = [&](catalog::KeyKind kind, const std::vector<std::string>& names) {
    for (const auto& endpoint : catalogue.endpoints()) {
      if (!catalog::may_alias(endpoint, kind)) continue;
      for (const auto& name : names)
        catalog::append_alias_key(keys.emplace_back(), endpoint, kind, name);
    }
  };
  add(catalog::KeyKind::Symbol, pattern.symbols);
  add(catalog::KeyKind::Slug, pattern.slugs);
  return keys;
}

void add_ids(const cache::EntryPtr& alias, cache::PurgePattern& pattern) {
  if (!alias || alias->is_negative) return;
  const auto ids = quote::ids_in(alias->fragment.text);
  if (!ids) return;
  for (const auto id : *ids) pattern.ids.push_back(std::to_string(id));
}

void add_told(const cache::MemoryTier& memory, cache::PurgePattern& pattern) {
  std::set<std::pair<std::uint64_t, std::string>> told;
  visit_assets(memory, [&](const quote::NamedAsset& asset) {
    auto symbol = in_upper_case(asset.symbol);
    if (has(pattern.slugs, asset.slug) || has(pattern.symbols, symbol))
      pattern.ids.push_back(std::to_string(asset.id));
    if (is_currency_of(asset.id, symbol)) told.emplace(asset.id, std::move(symbol));
  });
  pattern.normalise();
  pattern.quoted = pattern.ids;
  pattern.quoted.insert(pattern.quoted.end(), pattern.symbols.begin(), pattern.symbols.end());
  for (const auto& [id, symbol] : told) {
    if (has(pattern.ids, std::to_string(id))) pattern.quoted.push_back(symbol);
  }
  pattern.normalise();
}

}  // namespace quotecached::purge
