// What the daemon wrote of its calls.
#pragma once

#include <tuple>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "e2e/fault_bed.hpp"

namespace quotecached::test {

struct Recorded {
  std::string endpoint;
  std::string cause;
  std::int64_t credits = 0;
  std::int64_t http_status = 0;
  std::int64_t error_code = 0;
};

inline std::vector<Recorded> recorded(const std::filesystem::path& database) {
  const SQLite::Database file(database.string(), SQLite::OPEN_READONLY);
  SQLite::Statement query(file,
                          "SELECT endpoint, cause, credits, http_status, error_code "
                          "FROM upstream_calls ORDER BY id");
  std::vector<Recorded> rows;
  while (query.executeStep()) {
    rows.push_back({query.getColumn(0).getString(),
                    query.getColumn(1).getString(),
                    query.getColumn(2).getInt64(),
                    query.getColumn(3).getInt64(),
                    query.getColumn(4).getInt64()});
  }
  return rows;
}

}  // namespace quotecached::test
