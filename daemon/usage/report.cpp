#include "usage/report.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "usage/report_queries.hpp"

namespace quotecached::usage {
namespace {

// The calls of forwarded requests, and those requests as they are called.
constexpr std::string_view kForwardCalls = "forward";
constexpr std::string_view kForwardRequests = "uncatalogued";

constexpr std::int64_t kMicrocredits = 1'000'000;  // a credit's

std::int64_t count_of(TimePoint time) { return time.time_since_epoch().count(); }

SQLite::Statement& ask(store::Reader& reader, std::string_view sql, const ReportPeriod& period) {
  auto& rows = reader.statement(sql);
  rows.bind(1, count_of(period.from));
  rows.bind(2, count_of(period.months_from));
  rows.bind(3, count_of(period.months_to));
  rows.bind(4, count_of(period.to));
  return rows;
}

std::int64_t integer(const SQLite::Statement& rows, std::size_t column) {
  return rows.getColumn(static_cast<int>(column)).getInt64();
}

RequestSums requests_in(const SQLite::Statement& rows) {
  RequestSums sums;
  std::size_t column = 1;
  for (const auto& [sum, text] : kRequestColumns) sums.*sum = integer(rows, column++);
  for (auto& count : sums.latencies) count = integer(rows, column++);
  return sums;
}

CallSums calls_in(const SQLite::Statement& rows) {
  CallSums sums;
  std::size_t column = 1;
  for (const auto& [sum, text] : kCallColumns) sums.*sum = integer(rows, column++);
  return sums;
}

std::string key_in(const SQLite::Statement& rows, ReportBy by) {
  if (by != ReportBy::Day) {
    auto key = rows.getColumn(0).getString();
    return key == kForwardCalls && by == ReportBy::Endpoint ? std::string(kForwardRequests) : key;
  }
  const TimePoint start{milliseconds(integer(rows, 0))};
  return fmt::format("{:%Y-%m-%d}", std::chrono::floor<std::chrono::seconds>(start));
}

// Ages are known by endpoint and day; of other lines, only of their total.
void read_ages(store::Reader& reader, const ReportPeriod& period, Report& report) {
  const auto by = report.by == ReportBy::Day ? ReportBy::Day : ReportBy::Endpoint;
  AgeCounts total;
  std::map<std::string, AgeCounts> lines;
  for (auto& rows = ask(reader, ages_query(by), period); rows.executeStep();) {
    const AgeCounts ages{integer(rows, 1), integer(rows, 2)};
    lines[key_in(rows, by)] += ages;
    total += ages;
  }
  add_ages(report.total, total);
  if (by != report.by) return;
  for (auto& row : report.rows) add_ages(row, lines[row.key]);
}

void read_requests(store::Reader& reader, const ReportPeriod& period, Report& report) {
  const auto by = report.by;
  std::map<std::string, std::pair<RequestSums, CallSums>> lines;
  RequestSums requests;
  CallSums calls;
  for (auto& rows = ask(reader, requests_query(by), period); rows.executeStep();) {
    const auto sums = requests_in(rows);
    lines[key_in(rows, by)].first += sums;
    requests += sums;
  }
  for (auto& rows = ask(reader, calls_query(by), period); rows.executeStep();) {
    const auto sums = calls_in(rows);
    lines[key_in(rows, by)].second += sums;
    calls += sums;
  }
  for (const auto& [key, sums] : lines) report.rows.push_back(row_of(key, sums.first, sums.second));
  report.total = row_of("total", requests, calls);
  read_ages(reader, period, report);
  if (by != ReportBy::Day) sort_by_score(report.rows);
}

void read_causes(store::Reader& reader, const ReportPeriod& period, Report& report) {
  CallSums total;
  for (auto& rows = ask(reader, calls_query(ReportBy::Cause), period); rows.executeStep();) {
    const auto sums = calls_in(rows);
    report.rows.push_back(row_of(rows.getColumn(0).getString(), sums));
    total += sums;
  }
  report.total = row_of("total", total);
  read_ages(reader, period, report);
  sort_by_credits(report.rows);
}

void add(ReportRow& to, const ReportRow& row) {
  to.requests = to.requests.value_or(0) + row.requests.value_or(0);
  to.calls = to.calls.value_or(0) + row.calls.value_or(0);
  to.credits = to.credits.value_or(0) + row.credits.value_or(0);
}

ReportRow empty_asset_row(std::string key) {
  ReportRow row;
  row.key = std::move(key);
  add(row, row);
  return row;
}

// What calls cost in all, in microcredits.
std::int64_t cost_of_calls(store::Reader& reader, const ReportPeriod& period) {
  CallSums total;
  for (auto& rows = ask(reader, calls_query(ReportBy::Cause), period); rows.executeStep();)
    total += calls_in(rows);
  return total.credits * kMicrocredits;
}

ReportRow asset_row(const SQLite::Statement& rows) {
  ReportRow row;
  row.key = rows.getColumn(0).getString() + ":" + rows.getColumn(1).getString();
  row.requests = integer(rows, 2);
  row.calls = integer(rows, 3);
  row.credits = static_cast<double>(integer(rows, 4)) / kMicrocredits;
  return row;
}

// Calls that no asset bears, such as lists: the rest of what all calls cost. How many they were is
// not kept.
void add_calls_without_asset(std::int64_t rest, Report& report) {
  if (rest <= 0) return;
  ReportRow row;
  row.credits = static_cast<double>(rest) / kMicrocredits;
  add(report.total, row);
  report.rows.push_back(std::move(row));
}

void read_assets(store::Reader& reader, const ReportPeriod& period, Report& report) {
  auto others = empty_asset_row("*");
  report.total = empty_asset_row("total");
  std::int64_t rest = cost_of_calls(reader, period);
  for (auto& rows = ask(reader, assets_query(), period); rows.executeStep();) {
    auto row = asset_row(rows);
    rest -= integer(rows, 4);
    add(report.total, row);
    if (rows.getColumn(1).getString().empty()) {
      add(others, row);
    } else {
      report.rows.push_back(std::move(row));
    }
  }
  sort_by_credits(report.rows);
  while (report.rows.size() > kMostAssetLines) {
    add(others, report.rows.back());
    report.rows.pop_back();
  }
  if (others.requests != 0 || others.calls != 0) report.rows.push_back(std::move(others));
  add_calls_without_asset(rest, report);
}

std::optional<TimePoint> time_in(const SQLite::Statement& rows, int column) {
  const auto value = rows.getColumn(column);
  if (value.isNull()) return std::nullopt;
  return TimePoint(milliseconds(value.getInt64()));
}

void read_coverage(store::Reader& reader, Report& report) {
  auto& rows = reader.statement(records_query());
  if (!rows.executeStep()) return;
  const auto day = time_in(rows, 0);
  const auto month = time_in(rows, 1);
  rows.reset();
  if (!day && !month) return;
  const RecordsBegin begin{day.value_or(month.value_or(TimePoint{})),
                           month.value_or(day.value_or(TimePoint{}))};
  report.records_from = whole_from(begin);
  report.is_complete = is_complete(report.period, begin);
}

}  // namespace

Report read_report(store::Reader& reader, ReportBy by, const ReportPeriod& period) {
  Report report;
  report.by = by;
  report.period = period;
  reader.statement("BEGIN").exec();
  switch (by) {
    case ReportBy::Asset: read_assets(reader, period, report); break;
    case ReportBy::Cause: read_causes(reader, period, report); break;
    case ReportBy::Endpoint:
    case ReportBy::Client:
    case ReportBy::Day: read_requests(reader, period, report); break;
  }
  read_coverage(reader, report);
  reader.statement("COMMIT").exec();
  return report;
}

}  // namespace quotecached::usage
