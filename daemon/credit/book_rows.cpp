#include "credit/book_rows.hpp"

#include <algorithm>
#include <string_view>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "store/reader.hpp"

namespace quotecached::credit {
namespace {

std::int64_t ticks(TimePoint time) { return time.time_since_epoch().count(); }

TimePoint time_at(SQLite::Statement& rows, int column) {
  return TimePoint(milliseconds(rows.getColumn(column).getInt64()));
}

std::optional<ledger::WindowKind> kind_named(std::string_view name) {
  for (const auto kind :
       {ledger::WindowKind::Minute, ledger::WindowKind::Day, ledger::WindowKind::Month}) {
    if (to_string(kind) == name) return kind;
  }
  return std::nullopt;
}

std::vector<OwnedSpend> read_windows(store::Reader& reader) {
  std::vector<OwnedSpend> windows;
  auto& rows =
      reader.statement("SELECT owner, kind, starts_at, ends_at, spent FROM credit_windows");
  while (rows.executeStep()) {
    const auto kind = kind_named(rows.getColumn(1).getString());
    if (!kind) continue;  // of a later version
    const ledger::Window window{time_at(rows, 2), time_at(rows, 3)};
    windows.push_back(
        {rows.getColumn(0).getString(), {*kind, window, rows.getColumn(4).getInt64()}});
  }
  return windows;
}

std::vector<HeldCall> read_held(store::Reader& reader) {
  std::vector<HeldCall> held;
  auto& rows = reader.statement(
      "SELECT id, credits, started_at FROM upstream_calls WHERE state = 0 ORDER BY id");
  while (rows.executeStep()) {
    held.push_back(
        {rows.getColumn(0).getInt64(), {rows.getColumn(1).getInt64()}, time_at(rows, 2)});
  }
  return held;
}

std::optional<PlanReading> read_plan(store::Reader& reader) {
  auto& row = reader.statement(
      "SELECT requests_per_minute, per_day, per_month, anchor_day, anchor_time, read_at "
      "FROM credit_plan");
  if (!row.executeStep()) return std::nullopt;
  PlanReading plan;
  plan.caps.requests_per_minute = row.getColumn(0).getInt64();
  plan.caps.per_day.count = row.getColumn(1).getInt64();
  plan.caps.per_month.count = row.getColumn(2).getInt64();
  plan.anchor.day = row.getColumn(3).getUInt();
  plan.anchor.time = milliseconds(row.getColumn(4).getInt64());
  plan.read_at = time_at(row, 5);
  return plan;
}

std::int64_t read_last_id(store::Reader& reader) {
  auto& row = reader.statement("SELECT coalesce(max(id), 0) FROM upstream_calls");
  return row.executeStep() ? row.getColumn(0).getInt64() : 0;
}

void put_window(SQLite::Database& database, const OwnedSpend& window) {
  SQLite::Statement put(database,
                        "INSERT INTO credit_windows (owner, kind, starts_at, ends_at, spent) "
                        "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                        "ends_at = excluded.ends_at, spent = excluded.spent");
  put.bind(1, window.owner);
  put.bind(2, std::string(to_string(window.spend.kind)));
  put.bind(3, ticks(window.spend.window.start));
  put.bind(4, ticks(window.spend.window.end));
  put.bind(5, window.spend.spent);
  put.exec();
}

// Of its kind and owner. A later one may be of a clock that was ahead: by it, what still counts
// would seem old.
bool is_earliest(const OwnedSpend& window, const std::vector<OwnedSpend>& windows) {
  return std::ranges::none_of(windows, [&](const OwnedSpend& other) {
    return other.owner == window.owner && other.spend.kind == window.spend.kind &&
           other.spend.window.start < window.spend.window.start;
  });
}

void drop_old_windows(SQLite::Database& database, const OwnedSpend& window) {
  const milliseconds kept =
      window.spend.kind == ledger::WindowKind::Minute ? milliseconds(kKeptMinutes) : kKeptWindows;
  SQLite::Statement drop(database,
                         "DELETE FROM credit_windows WHERE owner = ?1 AND kind = ?2 "
                         "AND starts_at < ?3 AND starts_at NOT IN (SELECT starts_at "
                         "FROM credit_windows WHERE owner = ?1 AND kind = ?2 "
                         "ORDER BY starts_at DESC LIMIT ?4)");
  drop.bind(1, window.owner);
  drop.bind(2, std::string(to_string(window.spend.kind)));
  drop.bind(3, ticks(window.spend.window.start - kept));
  drop.bind(4, kKeptLast);
  drop.exec();
}

}  // namespace

Result<BookState> load_book_state(store::ReaderPool& readers) {
  return readers.read([](store::Reader& reader) {
    BookState state;
    state.windows = read_windows(reader);
    state.held = read_held(reader);
    state.plan = read_plan(reader);
    state.last_id = read_last_id(reader);
    return state;
  });
}

void put_call(SQLite::Database& database, const CallRow& row) {
  SQLite::Statement put(
      database,
      "INSERT INTO upstream_calls (id, started_at, endpoint, cause, credits, took_ms, "
      "http_status, error_code, assets, client, predicted, state) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
      "credits = excluded.credits, took_ms = excluded.took_ms, "
      "http_status = excluded.http_status, error_code = excluded.error_code, "
      "state = excluded.state");
  put.bind(1, row.id);
  put.bind(2, ticks(row.started));
  put.bind(3, row.endpoint);
  put.bind(4, std::string(to_string(row.cause)));
  put.bind(5, row.outcome.charged.count);
  put.bind(6, static_cast<std::int64_t>(row.outcome.took.count()));
  put.bind(7, static_cast<std::int64_t>(row.outcome.http_status));
  put.bind(8, row.outcome.error_code);
  put.bind(9, row.assets);
  put.bind(10, row.client);
  put.bind(11, row.predicted.count);
  put.bind(12, static_cast<int>(row.state));
  put.exec();
  // Ids only ever grow, so that this is one row each time.
  SQLite::Statement forget(database, "DELETE FROM upstream_calls WHERE id <= ?");
  forget.bind(1, row.id - kKeptCalls);
  forget.exec();
}

void delete_call(SQLite::Database& database, std::int64_t id) {
  SQLite::Statement drop(database, "DELETE FROM upstream_calls WHERE id = ?");
  drop.bind(1, id);
  drop.exec();
}

void mark_lost(SQLite::Database& database, std::int64_t last_id) {
  SQLite::Statement mark(database,
                         "UPDATE upstream_calls SET state = 2 WHERE state = 0 AND id <= ?");
  mark.bind(1, last_id);
  mark.exec();
}

void put_windows(SQLite::Database& database, const std::vector<OwnedSpend>& windows) {
  for (const auto& window : windows) {
    put_window(database, window);
    if (is_earliest(window, windows)) drop_old_windows(database, window);
  }
}

void put_plan(SQLite::Database& database, const PlanReading& plan) {
  SQLite::Statement put(database,
                        "INSERT OR REPLACE INTO credit_plan (id, read_at, requests_per_minute, "
                        "per_day, per_month, anchor_day, anchor_time) "
                        "VALUES (1, ?, ?, ?, ?, ?, ?)");
  put.bind(1, ticks(plan.read_at));
  put.bind(2, plan.caps.requests_per_minute);
  put.bind(3, plan.caps.per_day.count);
  put.bind(4, plan.caps.per_month.count);
  put.bind(5, plan.anchor.day);
  put.bind(6, static_cast<std::int64_t>(plan.anchor.time.count()));
  put.exec();
}

}  // namespace quotecached::credit
