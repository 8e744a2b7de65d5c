// The schema's history: numbered SQL scripts (sql/NNNN_name.sql), each applied once and in order.
//
// The database's `PRAGMA user_version` is the number of the last one applied. A script that was
// released is never edited; a change is a new script.
#pragma once

#include <span>
#include <string_view>

#include "base/result.hpp"

namespace SQLite {
class Database;
}

namespace quotecached::store {

struct Migration {
  int version;  // 1, 2, 3 ... without gaps
  std::string_view name;
  std::string_view sql;
};

// All migrations of this program, oldest first.
std::span<const Migration> migrations() noexcept;

// Fails with Unavailable when the database comes from a newer version or from another program.
// Changes nothing. Throws SQLite::Exception.
Result<void> check_origin(SQLite::Database& database,
                          std::span<const Migration> steps = migrations());

// Applies what is missing, all of it or none, after check_origin(). Throws SQLite::Exception.
Result<void> migrate(SQLite::Database& database, std::span<const Migration> steps = migrations());

}  // namespace quotecached::store
