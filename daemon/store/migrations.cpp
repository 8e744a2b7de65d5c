#include "store/migrations.hpp"

#include <array>
#include <string>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

#include "embedded.hpp"

namespace quotecached::store {
namespace {

int user_version(SQLite::Database& database) {
  return database.execAndGet("PRAGMA user_version").getInt();
}

int latest(std::span<const Migration> steps) { return steps.empty() ? 0 : steps.back().version; }

}  // namespace

std::span<const Migration> migrations() noexcept {
  static const std::array<Migration, 10> all{{
      {1, "entries", sql::k_0001_entries_sql},
      {2, "upstream_calls", sql::k_0002_upstream_calls_sql},
      {3, "ledger", sql::k_0003_ledger_sql},
      {4, "usage", sql::k_0004_usage_sql},
      {5, "renewals", sql::k_0005_renewals_sql},
      {6, "warm_runs", sql::k_0006_warm_runs_sql},
      {7, "freshness", sql::k_0007_freshness_sql},
      {8, "window_runs", sql::k_0008_window_runs_sql},
      {9, "purge_rules", sql::k_0009_purge_rules_sql},
      {10, "request_ids", sql::k_0010_request_ids_sql},
  }};
  return all;
}

Result<void> check_origin(SQLite::Database& database, std::span<const Migration> steps) {
  const int known = latest(steps);
  const int version = user_version(database);
  if (version > known) {
    return fail(ErrorCode::Unavailable,
                fmt::format("the database is of a newer version (schema {}, this program knows {})",
                            version,
                            known));
  }
  if (version < 0 ||
      (version == 0 && database.execAndGet("SELECT count(*) FROM sqlite_master").getInt() > 0)) {
    return fail(ErrorCode::Unavailable, "the database belongs to another program");
  }
  return {};
}

Result<void> migrate(SQLite::Database& database, std::span<const Migration> steps) {
  auto origin = check_origin(database, steps);
  if (!origin) return origin;
  if (user_version(database) == latest(steps)) return {};

  // Another process may migrate at the same time: look again once nobody else can write.
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  const int version = user_version(database);
  for (const Migration& step : steps) {
    if (step.version <= version) continue;
    database.exec(std::string(step.sql));
    database.exec(fmt::format("PRAGMA user_version = {}", step.version));
  }
  transaction.commit();
  return {};
}

}  // namespace quotecached::store
