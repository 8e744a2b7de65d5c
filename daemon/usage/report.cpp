#include "usage/report.hpp"

#include <algorithm>
#include <cassert>
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

using std::chrono::days;

// The calls of forwarded requests, and those requests as they are called.
constexpr std::string_view kForwardCalls = "forward";
constexpr std::string_view kForwardRequests = "uncatalogued";

// Where a report begins, from where on it reads months instead of days, and where it ends.
struct Range {
  TimePoint from;
  TimePoint months;
  TimePoint to;
};

Range range_of(const ReportQuery& query, TimePoint now, milliseconds kept) {
  const auto asked = std::chrono::floor<days>(now) - days(query.days - 1);
  const auto first = std::max(asked, std::chrono::ceil<days>(now - kept));
  const std::chrono::year_month_day date(first);
  auto month = date.year() / date.month() / 1;
  if (date.day() != std::chrono::day(1)) month += std::chrono::months(1);
  const TimePoint months = std::chrono::sys_days(month);
  return {first, std::min(months, now + milliseconds(1)), now};
}

std::int64_t count_of(TimePoint time) { return time.time_since_epoch().count(); }

SQLite::Statement& ask(store::Reader& reader, std::string_view sql, const Range& range) {
  auto& rows = reader.statement(sql);
  rows.bind(1, count_of(range.from));
  rows.bind(2, count_of(range.months));
  rows.bind(3, count_of(range.to));
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
void read_ages(store::Reader& reader, const Range& range, Report& report) {
  const auto by = report.query.by == ReportBy::Day ? ReportBy::Day : ReportBy::Endpoint;
  AgeCounts total;
  std::map<std::string, AgeCounts> lines;
  for (auto& rows = ask(reader, ages_query(by), range); rows.executeStep();) {
    const AgeCounts ages{integer(rows, 1), integer(rows, 2)};
    lines[key_in(rows, by)] += ages;
    total += ages;
  }
  add_ages(report.total, total);
  if (by != report.query.by) return;
  for (auto& row : report.rows) add_ages(row, lines[row.key]);
}

void read_requests(store::Reader& reader, const Range& range, Report& report) {
  const auto by = report.query.by;
  std::map<std::string, std::pair<RequestSums, CallSums>> lines;
  RequestSums requests;
  CallSums calls;
  for (auto& rows = ask(reader, requests_query(by), range); rows.executeStep();) {
    const auto sums = requests_in(rows);
    lines[key_in(rows, by)].first += sums;
    requests += sums;
  }
  for (auto& rows = ask(reader, calls_query(by), range); rows.executeStep();) {
    const auto sums = calls_in(rows);
    lines[key_in(rows, by)].second += sums;
    calls += sums;
  }
  for (const auto& [key, sums] : lines) report.rows.push_back(row_of(key, sums.first, sums.second));
  report.total = row_of("total", requests, calls);
  read_ages(reader, range, report);
  if (by != ReportBy::Day) sort_by_score(report.rows);
}

void read_causes(store::Reader& reader, const Range& range, Report& report) {
  CallSums total;
  for (auto& rows = ask(reader, calls_query(ReportBy::Cause), range); rows.executeStep();) {
    const auto sums = calls_in(rows);
    report.rows.push_back(row_of(rows.getColumn(0).getString(), sums));
    total += sums;
  }
  report.total = row_of("total", total);
  read_ages(reader, range, report);
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

void read_assets(store::Reader& reader, const Range& range, Report& report) {
  auto others = empty_asset_row("*");
  report.total = empty_asset_row("total");
  for (auto& rows = ask(reader, assets_query(), range); rows.executeStep();) {
    const auto asset = rows.getColumn(1).getString();
    ReportRow row;
    row.key = rows.getColumn(0).getString() + ":" + asset;
    row.requests = integer(rows, 2);
    row.calls = integer(rows, 3);
    row.credits = static_cast<double>(integer(rows, 4)) / 1e6;
    add(report.total, row);
    if (asset.empty()) {
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
}

}  // namespace

Report read_report(store::Reader& reader,
                   const ReportQuery& query,
                   TimePoint now,
                   milliseconds kept) {
  assert(query.days >= 1 && query.days <= kMostReportDays);
  const auto range = range_of(query, now, kept);
  Report report;
  report.from = range.from;
  report.to = range.to;
  report.query = query;
  reader.statement("BEGIN").exec();
  switch (query.by) {
    case ReportBy::Asset: read_assets(reader, range, report); break;
    case ReportBy::Cause: read_causes(reader, range, report); break;
    case ReportBy::Endpoint:
    case ReportBy::Client:
    case ReportBy::Day: read_requests(reader, range, report); break;
  }
  reader.statement("COMMIT").exec();
  return report;
}

}  // namespace quotecached::usage
