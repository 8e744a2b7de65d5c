// The rows of purge_rules (sql/0009).
#pragma once

#include <vector>

#include "base/result.hpp"
#include "cache/purges.hpp"
#include "purge/rule_book.hpp"

namespace SQLite {
class Database;
}
namespace quotecached::store {
class ReaderPool;
}

namespace quotecached::purge {

// Those that hold at `now`, the latest first. Blocks. Fails like ReaderPool::read().
[[nodiscard]] Result<cache::PurgeRules> load_rules(store::ReaderPool& readers, TimePoint now);

// In place of the rules of the same patterns, and of those that they replace; drops those that have
// ended.
void keep_rules(SQLite::Database& database,
                const cache::PurgeRules& rules,
                const std::vector<ReplacedRule>& replaced,
                TimePoint now);

}  // namespace quotecached::purge
