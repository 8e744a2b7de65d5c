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

// What a pattern is of.
constexpr std::string_view kAsks = "asks";
constexpr std::string_view kForeground = "foreground";

pacing::Pattern read_pattern(store::Reader& reader,
                             std::string_view account,
                             std::string_view what) {
  auto& rows = reader.statement(
      "SELECT hour, amount, weight FROM demand_pattern "
      "WHERE account = ? AND what = ? AND hour BETWEEN 0 AND 167");
  rows.bind(1, std::string(account));
  rows.bind(2, std::string(what));
  pacing::Pattern pattern;
  while (rows.executeStep()) {
    const pacing::Pattern::Hour hour{rows.getColumn(1).getDouble(), rows.getColumn(2).getDouble()};
    if (!makes_sense(hour.amount) || !makes_sense(hour.weight)) continue;
    pattern.hours[static_cast<std::size_t>(rows.getColumn(0).getInt64())] = hour;
  }
  reader.reset();
  return pattern;
}

void put_pattern(SQLite::Database& database,
                 std::string_view account,
                 std::string_view what,
                 const pacing::Pattern& pattern) {
  SQLite::Statement put(
      database,
      "INSERT OR REPLACE INTO demand_pattern (account, what, hour, amount, weight) "
      "VALUES (?, ?, ?, ?, ?)");
  put.bind(1, std::string(account));
  put.bind(2, std::string(what));
  for (std::size_t hour = 0; hour < pacing::kHoursOfWeek; ++hour) {
    put.bind(3, static_cast<std::int64_t>(hour));
    put.bind(4, pattern.hours[hour].amount);
    put.bind(5, pattern.hours[hour].weight);
    put.exec();
    put.reset();
  }
}

}  // namespace

void put_pacing(SQLite::Database& database,
                std::string_view account,
                const pacing::PacerMemory& memory) {
  put_pattern(database, account, kAsks, memory.asks);
  put_pattern(database, account, kForeground, memory.foreground);
}

Result<pacing::PacerMemory> load_pacing(store::ReaderPool& readers, std::string_view account) {
  return readers.read([account](store::Reader& reader) {
    pacing::PacerMemory memory;
    memory.asks = read_pattern(reader, account, kAsks);
    memory.foreground = read_pattern(reader, account, kForeground);
    return memory;
  });
}

}  // namespace quotecached::credit
