#include "credit/book_rows.hpp"

#include <algorithm>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
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

void read_windows(store::Reader& reader, std::string_view account, BookState& state) {
  auto& rows = reader.statement(
      "SELECT client, kind, starts_at, ends_at, spent FROM credit_windows WHERE account = ?");
  rows.bind(1, std::string(account));
  while (rows.executeStep()) {
    const auto kind = kind_named(rows.getColumn(1).getString());
    if (!kind) continue;  // of a later version
    const ledger::Window window{time_at(rows, 2), time_at(rows, 3)};
    const ledger::WindowSpend spend{*kind, window, rows.getColumn(4).getInt64()};
    std::string client = rows.getColumn(0).getString();
    if (client.empty()) {
      state.windows.push_back(spend);
    } else {
      state.clients.push_back({std::move(client), spend});
    }
  }
}

std::vector<HeldCall> read_held(store::Reader& reader, std::string_view account) {
  std::vector<HeldCall> held;
  auto& rows = reader.statement(
      "SELECT id, credits, started_at FROM upstream_calls "
      "WHERE account = ? AND state = 0 ORDER BY id");
  rows.bind(1, std::string(account));
  while (rows.executeStep()) {
    held.push_back(
        {rows.getColumn(0).getInt64(), {rows.getColumn(1).getInt64()}, time_at(rows, 2)});
  }
  return held;
}

std::optional<PlanReading> read_plan(store::Reader& reader, std::string_view account) {
  auto& row = reader.statement(
      "SELECT requests_per_minute, per_day, per_month, anchor_day, anchor_time, read_at "
      "FROM credit_plan WHERE account = ?");
  row.bind(1, std::string(account));
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

// Whose windows are written.
struct Owner {
  std::string account;
  std::string client;  // empty: the account itself
};

void put_window(SQLite::Database& database, const Owner& owner, const ledger::WindowSpend& spend) {
  SQLite::Statement put(
      database,
      "INSERT INTO credit_windows (account, client, kind, starts_at, ends_at, spent) "
      "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
      "ends_at = excluded.ends_at, spent = excluded.spent");
  put.bind(1, owner.account);
  put.bind(2, owner.client);
  put.bind(3, std::string(to_string(spend.kind)));
  put.bind(4, ticks(spend.window.start));
  put.bind(5, ticks(spend.window.end));
  put.bind(6, spend.spent);
  put.exec();
}

// Of its kind. A later one may be of a clock that was ahead: by it, what still counts would seem
// old.
bool is_earliest(const ledger::WindowSpend& spend,
                 const std::vector<ledger::WindowSpend>& windows) {
  return std::ranges::none_of(windows, [&](const ledger::WindowSpend& other) {
    return other.kind == spend.kind && other.window.start < spend.window.start;
  });
}

void drop_old_windows(SQLite::Database& database,
                      const Owner& owner,
                      const ledger::WindowSpend& spend) {
  const milliseconds kept =
      spend.kind == ledger::WindowKind::Minute ? milliseconds(kKeptMinutes) : kKeptWindows;
  SQLite::Statement drop(database,
                         "DELETE FROM credit_windows WHERE account = ?1 AND client = ?2 "
                         "AND kind = ?3 AND starts_at < ?4 AND starts_at NOT IN (SELECT starts_at "
                         "FROM credit_windows WHERE account = ?1 AND client = ?2 AND kind = ?3 "
                         "ORDER BY starts_at DESC LIMIT ?5)");
  drop.bind(1, owner.account);
  drop.bind(2, owner.client);
  drop.bind(3, std::string(to_string(spend.kind)));
  drop.bind(4, ticks(spend.window.start - kept));
  drop.bind(5, kKeptLast);
  drop.exec();
}

}  // namespace

Result<BookState> load_book_state(store::ReaderPool& readers, std::string_view account) {
  return readers.read([account](store::Reader& reader) {
    BookState state;
    read_windows(reader, account, state);
    state.held = read_held(reader, account);
    state.plan = read_plan(reader, account);
    state.last_id = read_last_id(reader);
    return state;
  });
}

void put_call(SQLite::Database& database, std::string_view account, const CallRow& row) {
  SQLite::Statement put(
      database,
      "INSERT INTO upstream_calls (id, started_at, endpoint, cause, credits, took_ms, "
      "http_status, error_code, assets, client, predicted, state, account, riding, "
      "request_id, trace_id, provider_id) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
      "credits = excluded.credits, took_ms = excluded.took_ms, "
      "http_status = excluded.http_status, error_code = excluded.error_code, "
      "state = excluded.state, provider_id = excluded.provider_id WHERE account = "
      "excluded.account");
  put.bind(1, row.id);
  put.bind(2, ticks(row.started));
  put.bind(3, row.endpoint);
  put.bind(4, std::string(to_string(row.cause)));
  put.bind(5, row.outcome.charge.credits.count);
  put.bind(6, static_cast<std::int64_t>(row.outcome.took.count()));
  put.bind(7, static_cast<std::int64_t>(row.outcome.http_status));
  put.bind(8, row.outcome.error_code);
  put.bind(9, row.assets);
  put.bind(10, row.client);
  put.bind(11, row.predicted.count);
  put.bind(12, static_cast<int>(row.state));
  put.bind(13, std::string(account));
  put.bind(14, row.riding);
  put.bind(15, id_of(row.tag));
  put.bind(16, trace_id_of(row.tag));
  put.bind(17, row.outcome.provider_id);
  if (put.exec() == 0) throw SQLite::Exception("the number of a call is another account's");
  // Ids only ever grow, so that this is one row each time.
  SQLite::Statement forget(database, "DELETE FROM upstream_calls WHERE id <= ?");
  forget.bind(1, row.id - kKeptCalls);
  forget.exec();
}

void delete_call(SQLite::Database& database, std::string_view account, std::int64_t id) {
  SQLite::Statement drop(database, "DELETE FROM upstream_calls WHERE id = ? AND account = ?");
  drop.bind(1, id);
  drop.bind(2, std::string(account));
  drop.exec();
}

void mark_lost(SQLite::Database& database, std::string_view account, std::int64_t last_id) {
  SQLite::Statement mark(
      database, "UPDATE upstream_calls SET state = 2 WHERE account = ? AND state = 0 AND id <= ?");
  mark.bind(1, std::string(account));
  mark.bind(2, last_id);
  mark.exec();
}

void put_windows(SQLite::Database& database,
                 std::string_view account,
                 std::string_view client,
                 const std::vector<ledger::WindowSpend>& windows) {
  const Owner owner{std::string(account), std::string(client)};
  for (const auto& spend : windows) {
    put_window(database, owner, spend);
    if (is_earliest(spend, windows)) drop_old_windows(database, owner, spend);
  }
}

void put_plan(SQLite::Database& database, std::string_view account, const PlanReading& plan) {
  SQLite::Statement put(database,
                        "INSERT OR REPLACE INTO credit_plan (account, read_at, "
                        "requests_per_minute, per_day, per_month, anchor_day, anchor_time) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?)");
  put.bind(1, std::string(account));
  put.bind(2, ticks(plan.read_at));
  put.bind(3, plan.caps.requests_per_minute);
  put.bind(4, plan.caps.per_day.count);
  put.bind(5, plan.caps.per_month.count);
  put.bind(6, plan.anchor.day);
  put.bind(7, static_cast<std::int64_t>(plan.anchor.time.count()));
  put.exec();
}

}  // namespace quotecached::credit
