#include "alert/alert_rows.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "store/reader.hpp"

namespace quotecached::alert {
namespace {

constexpr std::int64_t kMostRead = 10'000;
constexpr std::int64_t kPruneChunk = 100;  // more than a job ever adds

std::int64_t to_column(TimePoint time) {
  return static_cast<std::int64_t>(time.time_since_epoch().count());
}

TimePoint to_time(std::int64_t column) { return TimePoint(milliseconds(column)); }

// Empty when a newer version wrote a kind that this one does not know.
std::optional<Alert> to_alert(SQLite::Statement& row) {
  const auto kind = parse_alert_kind(row.getColumn(1).getString());
  const auto level = parse_alert_level(row.getColumn(2).getString());
  if (!kind || !level) return std::nullopt;
  Alert alert;
  alert.at = to_time(row.getColumn(0).getInt64());
  alert.kind = *kind;
  alert.level = *level;
  alert.subject = row.getColumn(3).getString();
  alert.is_recovery = row.getColumn(4).getString() == "recovered";
  alert.value = row.getColumn(5).getDouble();
  alert.bound = row.getColumn(6).getDouble();
  if (const auto until = row.getColumn(7).getInt64(); until != 0) alert.until = to_time(until);
  alert.message = row.getColumn(8).getString();
  return alert;
}

std::vector<Alert> read_alerts(store::Reader& reader, std::string_view account, TimePoint since) {
  auto& rows = reader.statement(
      "SELECT at, kind, level, subject, state, value, bound, until, message FROM alerts "
      "WHERE account = ?1 AND at >= ?2 ORDER BY id DESC LIMIT ?3");
  rows.bind(1, std::string(account));
  rows.bind(2, to_column(since));
  rows.bind(3, kMostRead);
  std::vector<Alert> alerts;
  while (rows.executeStep())
    if (auto alert = to_alert(rows)) alerts.push_back(std::move(*alert));
  reader.reset();
  std::ranges::reverse(alerts);
  return alerts;
}

void prune_alerts(SQLite::Database& database, TimePoint before) {
  SQLite::Statement old(database,
                        "DELETE FROM alerts WHERE id IN "
                        "(SELECT id FROM alerts WHERE at < ?1 ORDER BY at LIMIT ?2)");
  old.bind(1, to_column(before));
  old.bind(2, kPruneChunk);
  old.exec();
}

}  // namespace

void put_alert(SQLite::Database& database, std::string_view account, const Alert& alert) {
  SQLite::Statement insert(database,
                           "INSERT INTO alerts (account, at, kind, level, subject, state, value, "
                           "bound, until, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(1, std::string(account));
  insert.bind(2, to_column(alert.at));
  insert.bind(3, std::string(to_string(alert.kind)));
  insert.bind(4, std::string(to_string(alert.level)));
  insert.bind(5, alert.subject);
  insert.bind(6, std::string(state_of(alert)));
  insert.bind(7, alert.value);
  insert.bind(8, alert.bound);
  insert.bind(9, alert.until ? to_column(*alert.until) : 0);
  insert.bind(10, alert.message);
  insert.exec();
  prune_alerts(database, alert.at - kKeptAlerts);
}

Result<std::vector<Alert>> load_alerts(store::ReaderPool& readers,
                                       std::string_view account,
                                       TimePoint now) {
  const TimePoint since = now - kRememberedAlerts;
  return readers.read(
      [account, since](store::Reader& reader) { return read_alerts(reader, account, since); });
}

}  // namespace quotecached::alert
