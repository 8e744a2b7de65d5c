// Rows of a real database, written and counted.
#pragma once

#include <SQLiteCpp/Database.h>
#include <fmt/format.h>

#include "store/writer.hpp"

namespace quotecached::test {

// A row whose two columns must always be seen equal.
inline store::Writer::Job insert_row(int number) {
  return [number](SQLite::Database& database) {
    database.exec(fmt::format("INSERT INTO entries VALUES ('k{0}', 'v', {0}, {0})", number));
  };
}

inline std::int64_t query_file(const std::string& path, const char* sql) {
  SQLite::Database database(path, SQLite::OPEN_READONLY, 2000);
  return database.execAndGet(sql).getInt64();
}

inline std::int64_t count_entries(const std::string& path) {
  return query_file(path, "SELECT count(*) FROM entries");
}

}  // namespace quotecached::test
