// What the assets of a purge are called besides what was ordered: the ids that names lead to, and
// the currencies under which prices in the assets are kept.
//
// Each adds to the pattern what it finds out, and leaves it unsorted. No I/O.
#pragma once

#include <string>
#include <vector>

#include "cache/memory_tier.hpp"
#include "cache/purge_pattern.hpp"
#include "catalog/catalogue.hpp"

namespace quotecached::purge {

// The keys of all aliases of the names.
[[nodiscard]] std::vector<std::string> alias_keys(const catalog::Catalogue& catalogue,
                                                  const cache::PurgePattern& pattern);

// The ids that an alias leads to; null: there is none.
void add_ids(const cache::EntryPtr& alias, cache::PurgePattern& pattern);
// What copies in memory tell: the ids of the pattern's names, and then all currencies that quotes
// in its assets are asked for by. That takes one look at all of memory; any thread. Requires: the
// pattern is normalised, which it is afterwards.
void add_told(const cache::MemoryTier& memory, cache::PurgePattern& pattern);

}  // namespace quotecached::purge
