// Reports over small real databases, whose sums are known.
#include "usage/report.hpp"

#include <chrono>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "report_bed.hpp"
#include "usage/report_reader.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::usage;
using test::days_ago;
using test::kAllBy;
using test::kReportNow;
using test::ReportBed;

namespace {

std::string keys(const Report& report) {
  std::string all;
  for (const auto& row : report.rows) all += (all.empty() ? "" : " ") + row.key;
  return all;
}

}  // namespace

TEST_SUITE("usage::read_report") {
  TEST_CASE("a report counts its days, today included, and no others") {
    ReportBed bed;
    bed.asked("usage_days", days_ago(0), "'v2.quotes', 'bot'", 1);
    bed.asked("usage_days", days_ago(6), "'v2.quotes', 'bot'", 10);
    bed.asked("usage_days", days_ago(7), "'v2.quotes', 'bot'", 100);
    bed.asked("usage_days", days_ago(-1), "'v2.quotes', 'bot'", 1000);  // the clock was ahead
    CHECK(*bed.report(ReportBy::Endpoint, 1).total.requests == 1);
    CHECK(*bed.report(ReportBy::Endpoint, 7).total.requests == 11);
    CHECK(*bed.report(ReportBy::Endpoint, 8).total.requests == 111);
    const auto report = bed.report(ReportBy::Day, 7);
    CHECK(keys(report) == "2026-11-15 2026-11-21");
    CHECK(report.period.from == TimePoint(milliseconds(days_ago(6))));
    CHECK(report.period.to == kReportNow);
  }

  TEST_CASE("a report begins no earlier than days are kept for, whatever it is by") {
    ReportBed bed;
    bed.asked("usage_months", days_ago(51), "'v1.map', ''", 1000);  // October
    bed.asked("usage_days", days_ago(51), "'v1.map', ''", 600);
    bed.asked("usage_days", days_ago(25), "'v1.map', ''", 400);
    for (const auto by : {ReportBy::Endpoint, ReportBy::Day}) {
      const auto report = bed.report(ReportQuery{by, 400}, std::chrono::days(31));
      CHECK(report.period.is_cut);
      CHECK(report.period.from == TimePoint(milliseconds(days_ago(30))));
      CHECK(*report.total.requests == 400);
    }
  }

  TEST_CASE("months stand for their days, the first one only when all of it is asked for") {
    ReportBed bed;
    const auto month = days_ago(20);  // November the first
    bed.asked("usage_months", month, "'v1.map', ''", 500);
    bed.asked("usage_days", month, "'v1.map', ''", 400);
    bed.asked("usage_days", days_ago(5), "'v1.map', ''", 100);
    CHECK(*bed.report(ReportBy::Client, 20).total.requests == 100);  // from the second
    CHECK(*bed.report(ReportBy::Client, 21).total.requests == 500);
    CHECK(*bed.report(ReportBy::Client, 22).total.requests == 500);
    CHECK(*bed.report(ReportBy::Day, 22).total.requests == 500);
  }

  TEST_CASE(
      "days that are not the last ones are counted, both ends included, beside whole months") {
    using std::chrono::sys_days;
    ReportBed bed;
    bed.asked("usage_months", days_ago(51), "'v1.map', ''", 1000);  // October
    bed.asked("usage_months", days_ago(20), "'v1.map', ''", 70000);
    const std::pair<int, int> of_days[] = {
        {52, 1}, {51, 400}, {21, 600}, {20, 20000}, {19, 20000}, {18, 30000}};
    for (const auto& [ago, requests] : of_days)
      bed.asked("usage_days", days_ago(ago), "'v1.map', ''", requests);
    const auto counted = [&](int first, int last) {
      const auto day = [](int ago) {
        return std::chrono::floor<std::chrono::days>(TimePoint(milliseconds(days_ago(ago))));
      };
      std::int64_t requests = -1;
      for (const auto by : {ReportBy::Endpoint, ReportBy::Client, ReportBy::Day}) {
        ReportQuery query;
        query.by = by;
        query.span = DaySpan{day(first), day(last)};
        const auto total = *bed.report(query).total.requests;
        CHECK((requests == -1 || requests == total));
        requests = total;
      }
      return requests;
    };
    CHECK(counted(51, 21) == 1000);   // October
    CHECK(counted(52, 19) == 41001);  // a day, October, two days
    CHECK(counted(50, 20) == 20600);
    CHECK(counted(19, 19) == 20000);
    CHECK(counted(20, 0) == 70000);
    CHECK(counted(17, 3) == 0);
  }

  TEST_CASE("a report tells from when on the records are whole") {
    ReportBed bed;
    CHECK_FALSE(bed.report(ReportBy::Day).records_from);
    CHECK_FALSE(bed.report(ReportBy::Day).is_complete);
    bed.asked("usage_days", days_ago(3), "'v1.map', ''", 1);
    bed.run(
        fmt::format("INSERT INTO usage_calls_days VALUES "
                    "({}, 'default', 'probe', 'probe', '', 1, 0, 0, 0, 0, 0, 0, 0); "
                    "INSERT INTO usage_calls_months VALUES "
                    "({}, 'default', 'probe', 'probe', '', 1, 0, 0, 0, 0, 0, 0, 0)",
                    days_ago(5),
                    days_ago(20)));
    for (const auto by : kAllBy) {
      CAPTURE(to_string(by));
      CHECK(bed.report(by, 5).records_from == TimePoint(milliseconds(days_ago(4))));
      CHECK(bed.report(by, 5).is_complete);
      CHECK_FALSE(bed.report(by, 6).is_complete);
    }
  }

  TEST_CASE("what is recorded of a window counts whole days, and calls one by one beside them") {
    ReportBed bed;
    const auto call = [&](std::int64_t at, int credits, int state) {
      bed.run(
          fmt::format("INSERT INTO upstream_calls (account, started_at, endpoint, cause, credits, "
                      "took_ms, http_status, error_code, assets, state) VALUES "
                      "('default', {}, 'v2.quotes', 'miss', {}, 1, 200, 0, 1, {})",
                      at,
                      credits,
                      state));
    };
    constexpr std::int64_t kHour = 3'600'000;
    bed.run(
        fmt::format("INSERT INTO usage_calls_days VALUES "
                    "({0}, 'default', 'v2.quotes', 'miss', '', 1, 0, 1000, 0, 0, 0, 0, 0), "
                    "({1}, 'default', 'v2.quotes', 'miss', '', 1, 0, 70, 0, 0, 0, 0, 0), "
                    "({1}, 'other', 'v2.quotes', 'miss', '', 1, 0, 9, 0, 0, 0, 0, 0), "
                    "({2}, 'default', 'v2.quotes', 'miss', '', 1, 0, 500, 0, 0, 0, 0, 0)",
                    days_ago(2),
                    days_ago(1),
                    days_ago(0)));
    call(days_ago(2) + 5 * kHour, 1000, 1);  // before it began
    call(days_ago(2) + 7 * kHour, 300, 1);
    call(days_ago(1) + 7 * kHour, 70, 1);
    call(days_ago(0) + 1 * kHour, 8, 2);    // lost
    call(days_ago(0) + 2 * kHour, 5, 0);    // under way
    call(days_ago(0) + 9 * kHour, 400, 1);  // after it was read
    const auto recorded = [&](std::int64_t from, std::int64_t to) {
      const ProviderWindow window{
          ledger::WindowKind::Month, TimePoint(milliseconds(from)), TimePoint(milliseconds(to)), 0};
      return bed.read([&](store::Reader& reader) {
        return read_provider_count(reader, window, "default").recorded;
      });
    };
    CHECK(recorded(days_ago(2) + 6 * kHour, days_ago(0) + 8 * kHour) == 300 + 70 + 8);
    CHECK(recorded(days_ago(2), days_ago(0) + 8 * kHour) == 1000 + 70 + 8);
    CHECK(recorded(days_ago(2) + 6 * kHour, days_ago(2) + 8 * kHour) == 300);
    CHECK(recorded(days_ago(1), days_ago(0)) == 70);
    CHECK(recorded(days_ago(0), days_ago(0) + 10 * kHour) == 408);
  }

  TEST_CASE("calls for no asset have a line by asset, so that the lines add up to what all cost") {
    ReportBed bed;
    bed.run(
        fmt::format("INSERT INTO usage_assets_days VALUES "
                    "({0}, 'id', '1', 50, 5, 1333334), ({0}, 'id', '2', 20, 2, 1333333), "
                    "({0}, 'id', '', 7, 1, 333333); "
                    "INSERT INTO usage_calls_days VALUES "
                    "({0}, 'default', 'v2.quotes', 'miss', '', 1, 0, 3, 3, 300, 3, 0, 3), "
                    "({0}, 'default', 'v1.listings', 'miss', '', 2, 0, 4, 4, 300, 0, 0, 0), "
                    "({0}, 'default', 'v1.global_metrics', 'warm', '', 1, 0, 1, 1, 9, 0, 0, 0)",
                    days_ago(0)));
    const auto report = bed.report(ReportBy::Asset);
    CHECK(keys(report) == "id:1 id:2 * ");
    CHECK(report.rows.back().key.empty());
    CHECK(*report.rows.back().credits == 5);
    CHECK_FALSE(report.rows.back().requests);
    CHECK_FALSE(report.rows.back().calls);
    double sum = 0;
    for (const auto& row : report.rows) sum += *row.credits;
    CHECK(sum == doctest::Approx(8).epsilon(1e-12));
    for (const auto by : kAllBy) CHECK(*bed.report(by).total.credits == doctest::Approx(8));
  }

  TEST_CASE("credits are those of the calls, whoever caused them") {
    ReportBed bed;
    bed.asked("usage_days", days_ago(0), "'v2.quotes', 'bot'", 100);
    bed.asked("usage_days", days_ago(0), "'uncatalogued', 'bot'", 4);
    bed.run(
        fmt::format("INSERT INTO usage_calls_days VALUES "
                    "({0}, 'default', 'v2.quotes', 'miss', 'bot', 3, 1, 2, 3, 300, 200, 190, 2), "
                    "({0}, 'default', 'v2.quotes', 'warm', '', 5, 0, 5, 5, 500, 493, 0, 5), "
                    "({0}, 'default', 'forward', 'forward', 'bot', 4, 0, 8, 8, 400, 0, 0, 0), "
                    "({0}, 'default', 'v1.map', 'cron', '', 1, 0, 1, 1, 100, 0, 0, 0)",
                    days_ago(0)));
    const auto endpoints = bed.report(ReportBy::Endpoint);
    CHECK(keys(endpoints) == "v2.quotes uncatalogued v1.map");
    CHECK(*endpoints.rows[0].credits == 7);
    CHECK(*endpoints.rows[0].saved == 93);
    CHECK(*endpoints.rows[0].failed == 1);
    CHECK(*endpoints.rows[1].credits == 8);
    CHECK_FALSE(endpoints.rows[2].score);
    const auto clients = bed.report(ReportBy::Client);
    CHECK(keys(clients) == "bot ");
    CHECK(*clients.rows[0].credits == 10);
    CHECK(*clients.rows[1].credits == 6);
    const auto causes = bed.report(ReportBy::Cause);
    CHECK(keys(causes) == "forward warm miss cron");
    CHECK(*causes.rows[2].average_ms == 100);
    for (const auto by : {ReportBy::Endpoint, ReportBy::Client, ReportBy::Cause, ReportBy::Day})
      CHECK(*bed.report(by).total.credits == 16);
  }

  TEST_CASE("what credits bought is told by line where that is known, and always in all") {
    ReportBed bed;
    bed.asked("usage_days", days_ago(0), "'v2.quotes', 'bot'", 100);
    bed.asked("usage_days", days_ago(1), "'v2.quotes', ''", 100);
    bed.asked("usage_days", days_ago(1), "'v1.map', ''", 1);
    bed.run(
        fmt::format("INSERT INTO usage_calls_days VALUES "
                    "({0}, 'default', 'v2.quotes', 'miss', 'bot', 1, 0, 1, 1, 1, 100, 95, 1), "
                    "({1}, 'default', 'v2.quotes', 'warm', '', 2, 0, 2, 2, 2, 50, 0, 2), "
                    "({1}, 'default', 'v1.map', 'cron', '', 1, 0, 1, 1, 1, 0, 0, 0); "
                    "INSERT INTO usage_ages_days VALUES ({0}, 'v2.quotes', 500, 20000000), "
                    "({1}, 'v2.quotes', 500, 10000000), ({1}, 'v1.map', 1, 0)",
                    days_ago(0),
                    days_ago(1)));
    for (const auto by : {ReportBy::Endpoint, ReportBy::Client, ReportBy::Cause, ReportBy::Day}) {
      CAPTURE(to_string(by));
      const auto total = bed.report(by).total;
      CHECK(*total.asks == 1001);
      CHECK(*total.mean_age_s == doctest::Approx(30'000.0 / 1001));
      CHECK(*total.assets == 150);
      CHECK(*total.riding == 95);
      CHECK(*total.assets_per_credit == doctest::Approx(50));
    }
    const auto endpoints = bed.report(ReportBy::Endpoint);
    REQUIRE(keys(endpoints) == "v2.quotes v1.map");
    CHECK(*endpoints.rows[0].mean_age_s == doctest::Approx(30));
    CHECK(*endpoints.rows[0].assets_per_credit == doctest::Approx(50));
    CHECK(*endpoints.rows[1].mean_age_s == 0);
    CHECK_FALSE(endpoints.rows[1].assets_per_credit);
    const auto days = bed.report(ReportBy::Day);
    CHECK(*days.rows[1].mean_age_s == doctest::Approx(40));
    CHECK(*days.rows[1].assets_per_credit == doctest::Approx(100));
    const auto clients = bed.report(ReportBy::Client);
    CHECK_FALSE(clients.rows[0].mean_age_s);
    CHECK_FALSE(bed.report(ReportBy::Asset).total.mean_age_s);
  }

  TEST_CASE("ages of whole months are read as such") {
    ReportBed bed;
    bed.run(fmt::format("INSERT INTO usage_ages_months VALUES ({}, 'v2.quotes', 10, 50000)",
                        days_ago(20)));
    CHECK(*bed.report(ReportBy::Endpoint, 21).total.mean_age_s == doctest::Approx(5));
    CHECK_FALSE(bed.report(ReportBy::Endpoint, 20).total.mean_age_s);
  }

  TEST_CASE("the assets that have no line of their own share one") {
    ReportBed bed;
    bed.run(
        fmt::format("INSERT INTO usage_assets_days VALUES "
                    "({0}, 'id', '1', 50, 5, 1500000), ({0}, 'symbol', 'BTC', 20, 2, 2500000), "
                    "({0}, 'id', '', 7, 1, 250000), ({0}, 'slug', '', 3, 1, 250000)",
                    days_ago(0)));
    auto report = bed.report(ReportBy::Asset);
    CHECK(keys(report) == "symbol:BTC id:1 *");
    CHECK(*report.rows[0].credits == doctest::Approx(2.5));
    CHECK(*report.rows[2].requests == 10);
    CHECK(*report.total.credits == doctest::Approx(4.5));
    CHECK_FALSE(report.rows[0].hit_rate);

    bed.run(fmt::format(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
        "INSERT INTO usage_assets_days SELECT {}, 'id', i, 1, 1, 1000 FROM n",
        days_ago(0)));
    report = bed.report(ReportBy::Asset);
    CHECK(report.rows.size() == kMostAssetLines + 1);
    CHECK(*report.rows.back().requests == 10 + 1999 - 998);
    CHECK(*report.total.requests == 80 + 1999);
  }

  TEST_CASE("an empty database has empty reports") {
    ReportBed bed;
    for (const auto by : kAllBy) {
      CAPTURE(to_string(by));
      const auto report = bed.report(by, 400);
      CHECK(report.rows.empty());
      CHECK_FALSE(report.total.score);
    }
  }
}
