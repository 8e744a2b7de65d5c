// What the hours of a week ask for, in the database, so that a restart need not learn it again.
//
// The functions on a SQLite::Database are to be called from a job of the store::Writer, and throw
// SQLite::Exception.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "pacing/pacer.hpp"

namespace SQLite {
class Database;
}
namespace quotecached::store {
class ReaderPool;
}

namespace quotecached::credit {

// Writes over what was kept of the account.
void put_pacing(SQLite::Database& database,
                std::string_view account,
                const pacing::PacerMemory& memory);

// Flat when none was kept; rows that make no sense count as never seen. Blocks. Fails with
// Unavailable.
Result<pacing::PacerMemory> load_pacing(store::ReaderPool& readers, std::string_view account);

}  // namespace quotecached::credit
