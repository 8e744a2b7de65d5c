// Usage in the database: rows that are only ever added to, and dropped when they are old.
//
// To be called from a job of the store::Writer; throws SQLite::Exception.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "usage/rollup_batch.hpp"

namespace SQLite {
class Database;
}

namespace quotecached::usage {

// Adds the batch to all tables of usage: minutes, hours, days and months at once. Once a
// day or month has kAssetRowSlack more assets than kMostAssetRows, the least used join asset ''.
void add_usage(SQLite::Database& database, const Batch& batch);

// A table whose rows are kept for a while.
struct KeptTable {
  std::string_view name;
  std::string_view time;    // the column that tells how old a row is, first of an index
  std::string_view filter;  // of rows that may be dropped
};

// Drops about `most` rows from before `end`, the oldest first: those of one moment go together.
// Returns how many went.
int drop_rows(SQLite::Database& database, const KeptTable& table, TimePoint end, int most);

// The statement of drop_rows(), for a look at how SQLite runs it. ?1: end, ?2: most.
[[nodiscard]] std::string drop_statement(const KeptTable& table);

}  // namespace quotecached::usage
