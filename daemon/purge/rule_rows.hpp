// The rows of purge_rules (sql/0009).
#pragma once

#include <vector>

#include "base/result.hpp"
#include "cache/purges.hpp"

namespace SQLite {
class Database;
}
namespace quotecached::store {
class ReaderPool;
}

namespace quotecached::purge {

// Those that hold at `now`. Blocks. Fails like ReaderPool::read().
[[nodiscard]] Result<cache::PurgeRules> load_rules(store::ReaderPool& readers, TimePoint now);

// In place of the rule of the same pattern; drops those that have ended.
void keep_rules(SQLite::Database& database, const cache::PurgeRules& rules, TimePoint now);

}  // namespace quotecached::purge
