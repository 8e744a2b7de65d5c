// What the assets of a purge are called besides what was ordered: the ids that names lead to, and
// the currencies under which prices in the assets are kept.
//
// Each adds to the pattern what it finds out, and leaves it unsorted. No I/O.
#pragma once

#include <string>
#include <vector>

#include "cache/memory_tier.hpp"
#include "cache/purges.hpp"
#include "catalog/catalogue.hpp"

namespace quotecached::purge {

// The keys of all aliases of the names.
[[nodiscard]] std::vector<std::string> alias_keys(const catalog::Catalogue& catalogue,
                                                  const cache::PurgePattern& pattern);

// The ids that an alias leads to; null: there is none.
void add_ids(const cache::EntryPtr& alias, cache::PurgePattern& pattern);
// Those of the assets that copies in memory tell by the pattern's names.
void add_ids(const cache::MemoryTier& memory, cache::PurgePattern& pattern);
// Those of earlier purges by one of the names: they may have taken with them whatever told the ids.
void add_ids(const cache::PurgeRules& rules, cache::PurgePattern& pattern);

// What prices in the assets are kept under: their ids, and their symbols where these are given or
// told by copies in memory. Requires: the pattern is normalised.
void add_quoted(const cache::MemoryTier& memory, cache::PurgePattern& pattern);

}  // namespace quotecached::purge
