// What the hours of a week ask for, in the database, so that a restart need not learn it again.
//
// The functions on a SQLite::Database are to be called from a job of the store::Writer, and throw
// SQLite::Exception.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "pacing/demand.hpp"

namespace SQLite {
class Database;
}
namespace quotecached::store {
class ReaderPool;
}

namespace quotecached::credit {

// Writes over what was kept of the account.
void put_pattern(SQLite::Database& database,
                 std::string_view account,
                 const pacing::Pattern& pattern);

// Flat when none was kept; rows that make no sense count as never seen. Blocks. Fails with
// Unavailable.
Result<pacing::Pattern> load_pattern(store::ReaderPool& readers, std::string_view account);

}  // namespace quotecached::credit
