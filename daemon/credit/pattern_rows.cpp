#include "credit/pattern_rows.hpp"

#include <cmath>
#include <cstdint>
#include <string>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "store/reader.hpp"

namespace quotecached::credit {
namespace {

bool makes_sense(double value) { return std::isfinite(value) && value >= 0; }

pacing::Pattern read_pattern(store::Reader& reader, std::string_view account) {
  auto& rows = reader.statement(
      "SELECT hour, demand, weight FROM credit_pattern "
      "WHERE account = ? AND hour BETWEEN 0 AND 167");
  rows.bind(1, std::string(account));
  pacing::Pattern pattern;
  while (rows.executeStep()) {
    const pacing::Pattern::Hour hour{rows.getColumn(1).getDouble(), rows.getColumn(2).getDouble()};
    if (!makes_sense(hour.demand) || !makes_sense(hour.weight)) continue;
    pattern.hours[static_cast<std::size_t>(rows.getColumn(0).getInt64())] = hour;
  }
  reader.reset();
  return pattern;
}

}  // namespace

void put_pattern(SQLite::Database& database,
                 std::string_view account,
                 const pacing::Pattern& pattern) {
  SQLite::Statement put(database,
                        "INSERT OR REPLACE INTO credit_pattern (account, hour, demand, weight) "
                        "VALUES (?, ?, ?, ?)");
  put.bind(1, std::string(account));
  for (std::size_t hour = 0; hour < pacing::kHoursOfWeek; ++hour) {
    put.bind(2, static_cast<std::int64_t>(hour));
    put.bind(3, pattern.hours[hour].demand);
    put.bind(4, pattern.hours[hour].weight);
    put.exec();
    put.reset();
  }
}

Result<pacing::Pattern> load_pattern(store::ReaderPool& readers, std::string_view account) {
  return readers.read([account](store::Reader& reader) { return read_pattern(reader, account); });
}

}  // namespace quotecached::credit
