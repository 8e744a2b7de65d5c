#include "refill/ask_keeper.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "store/reader.hpp"
#include "store/writer.hpp"

namespace quotecached::refill {
namespace {

constexpr std::chrono::minutes kInterval{10};
constexpr std::ptrdiff_t kRowsPerJob = 250;
constexpr std::int64_t kMostRows = 20'000;

// More than anybody can ask in a day.
constexpr double kMostAsks = 1e12;

std::int64_t ticks(TimePoint time) { return time.time_since_epoch().count(); }

TimePoint forgotten_before(TimePoint now) { return now - pacing::AskCount::kIdleAfter; }

void put_rows(SQLite::Database& database, const std::vector<Renewals::Kept>& rows) {
  SQLite::Statement put(database,
                        "INSERT OR REPLACE INTO asked_keys "
                        "(target, asks, asked_at, fetched_at, bytes) VALUES (?, ?, ?, ?, ?)");
  for (const auto& row : rows) {
    put.bind(1, row.target);
    put.bind(2, row.asks);
    put.bind(3, ticks(row.last));
    put.bind(4, ticks(row.fetched_at));
    put.bind(5, static_cast<std::int64_t>(row.bytes));
    put.exec();
    put.reset();
  }
}

void drop_old(SQLite::Database& database, TimePoint before) {
  SQLite::Statement drop(database, "DELETE FROM asked_keys WHERE asked_at < ?");
  drop.bind(1, ticks(before));
  drop.exec();
}

// Rows that make no sense are passed over.
std::vector<Renewals::Kept> read_rows(store::Reader& reader, TimePoint now) {
  auto& rows = reader.statement(
      "SELECT target, asks, asked_at, fetched_at, bytes FROM asked_keys "
      "WHERE asked_at >= ? ORDER BY asked_at DESC LIMIT ?");
  rows.bind(1, ticks(forgotten_before(now)));
  rows.bind(2, kMostRows);
  std::vector<Renewals::Kept> kept;
  while (rows.executeStep()) {
    Renewals::Kept row;
    row.target = rows.getColumn(0).getString();
    row.asks = rows.getColumn(1).getDouble();
    row.last = TimePoint(milliseconds(rows.getColumn(2).getInt64()));
    row.fetched_at = TimePoint(milliseconds(rows.getColumn(3).getInt64()));
    const auto bytes = rows.getColumn(4).getInt64();
    const bool fits = bytes >= 0 && bytes <= std::numeric_limits<std::uint32_t>::max();
    // NaN is between no bounds.
    const bool is_count = row.asks >= 0 && row.asks <= kMostAsks;
    const bool is_past = row.last <= now && row.fetched_at >= TimePoint{} && row.fetched_at <= now;
    if (!fits || !is_count || !is_past) continue;
    row.bytes = static_cast<std::uint32_t>(bytes);
    kept.push_back(std::move(row));
  }
  reader.reset();
  return kept;
}

}  // namespace

void AskKeeper::tick(TimePoint now) {
  const auto since = now - kept_at_;
  // A clock that stepped back begins anew.
  if (since >= kInterval || since < milliseconds(0)) keep(now);
}

void AskKeeper::keep(TimePoint now) {
  auto rows = renewals_.unspelled(kept_at_);
  kept_at_ = now;
  const store::Writer::Done done = [log = log_](const Result<void>& end) {
    if (!end) log.error("asks_not_stored", {{"error", end.error().message}});
  };
  std::vector<store::Writer::Job> jobs;
  jobs.emplace_back(
      [before = forgotten_before(now)](SQLite::Database& database) { drop_old(database, before); });
  for (auto at = rows.begin(); at != rows.end();) {
    const auto end = at + std::min(kRowsPerJob, rows.end() - at);
    jobs.emplace_back(
        [some = std::vector(std::make_move_iterator(at), std::make_move_iterator(end))](
            SQLite::Database& database) { put_rows(database, Renewals::spell(some)); });
    at = end;
  }
  for (auto& job : jobs) {
    if (writer_.submit(std::move(job), done)) continue;
    return log_.error("asks_not_stored", {{"error", "too much waits to be written"}});
  }
}

Result<std::vector<Renewals::Kept>> load_asks(store::ReaderPool& readers, TimePoint now) {
  return readers.read([now](store::Reader& reader) { return read_rows(reader, now); });
}

}  // namespace quotecached::refill
