// Reports and pages over a year of usage: right, by ranges of keys, and in time.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "report_bed.hpp"
#include "support/usage_year.hpp"
#include "usage/report.hpp"
#include "usage/report_queries.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::usage;
using test::days_ago;
using test::kAllBy;
using test::kReportNow;
using test::ReportBed;

namespace {

// What SQLite reads, in its own words.
std::vector<std::string> plan_of(ReportBed& bed, std::string_view sql) {
  SQLite::Database database(bed.path);
  SQLite::Statement rows(database, "EXPLAIN QUERY PLAN " + std::string(sql));
  std::vector<std::string> plan;
  while (rows.executeStep()) plan.push_back(rows.getColumn(3).getString());
  return plan;
}

// Every table is searched by its key; what a part of the query yields may be walked.
void check_plan(ReportBed& bed, std::string_view sql) {
  CAPTURE(sql);
  int searches = 0;
  for (const auto& step : plan_of(bed, sql)) {
    CAPTURE(step);
    CHECK((!step.starts_with("SCAN") || step.starts_with("SCAN (subquery")));
    if (!step.starts_with("SEARCH")) continue;
    ++searches;
    CHECK(step.find("PRIMARY KEY (") != std::string::npos);
  }
  CHECK(searches > 0);
}

std::int64_t sum(ReportBed& bed, const std::string& what, int days) {
  SQLite::Database database(bed.path);
  SQLite::Statement rows(database,
                         fmt::format("SELECT {} WHERE starts_at >= {}", what, days_ago(days - 1)));
  REQUIRE(rows.executeStep());
  return rows.getColumn(0).getInt64();
}

// However the range is cut into days and months, its sums are those of its days.
void check_totals(ReportBed& bed, int days) {
  CAPTURE(days);
  const auto requests = sum(bed, "SUM(requests) FROM usage_days", days);
  const auto credits = sum(bed, "SUM(credits) FROM usage_calls_days", days);
  for (const auto by : {ReportBy::Endpoint, ReportBy::Client, ReportBy::Day, ReportBy::Cause}) {
    CAPTURE(to_string(by));
    const auto report = bed.report(by, days);
    CHECK(*report.total.credits == static_cast<double>(credits));
    if (by == ReportBy::Cause) continue;
    CHECK(*report.total.requests == requests);
    CHECK(*report.total.hits + *report.total.misses + *report.total.errors == requests);
  }
  const auto assets = bed.report(ReportBy::Asset, days);
  const auto micro = sum(bed, "SUM(microcredits) FROM usage_assets_days", days);
  CHECK(*assets.total.credits ==
        doctest::Approx(std::max(static_cast<double>(credits), static_cast<double>(micro) / 1e6)));
  double credits_of_rows = 0;
  for (const auto& row : assets.rows) credits_of_rows += *row.credits;
  CHECK(credits_of_rows == doctest::Approx(*assets.total.credits));
  CHECK(assets.rows.size() <= kMostAssetLines + 2);
}

void time_report(ReportBed& bed, ReportBy by, int days) {
  auto best = std::chrono::steady_clock::duration::max();
  for (int i = 0; i < 3; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const auto report = bed.report(by, days);
    best = std::min(best, std::chrono::steady_clock::now() - begin);
    CHECK(!report.rows.empty());
  }
  const auto ms = std::chrono::duration<double, std::milli>(best).count();
  MESSAGE(fmt::format("by {} over {} days: {:.1f} ms", to_string(by), days, ms));
  CHECK(ms < 10'000);  // lax, since machines are busy; bench/usage_report_bench has the figure
}

}  // namespace

TEST_SUITE("usage: a year of rows") {
  TEST_CASE("reports and pages read ranges of keys and answer in time") {
    ReportBed bed;
    const auto begin = std::chrono::steady_clock::now();
    test::generate_usage_year(bed.path, kReportNow);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    MESSAGE(fmt::format("generated in {:.1f} s", took.count()));

    CHECK(sum(bed, "SUM(requests) FROM usage_days", 400) == test::UsageYear::kRequests);
    CHECK(sum(bed, "SUM(requests) FROM usage_months", 400) == test::UsageYear::kRequests);
    CHECK(sum(bed, "SUM(calls) FROM usage_calls_days", 400) == test::UsageYear::kCalls);
    for (const int days : {1, 7, 21, 30, 51, 365, 366}) check_totals(bed, days);

    for (const auto by : {ReportBy::Endpoint, ReportBy::Client, ReportBy::Day})
      check_plan(bed, requests_query(by));
    for (const auto by : {ReportBy::Endpoint, ReportBy::Client, ReportBy::Cause, ReportBy::Day})
      check_plan(bed, calls_query(by));
    for (const auto by : {ReportBy::Endpoint, ReportBy::Day}) check_plan(bed, ages_query(by));
    check_plan(bed, assets_query());
    check_plan(bed, page_query(PageQuery::Of::Calls));
    check_plan(bed, page_query(PageQuery::Of::Alerts));
    for (const int days : {7, 30, 365})
      for (const auto by : kAllBy) time_report(bed, by, days);
    const auto page = bed.page({.limit = kMostPageRows, .before = 250'000});
    CHECK(page.find("\"id\":249999,") != std::string::npos);
    CHECK(page.ends_with("\"next\":\"249000\"}"));
  }
}
