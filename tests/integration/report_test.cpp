// Reports over real files: small ones whose sums are known, and a year of usage.
#include "usage/report.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "store/writer.hpp"
#include "support/temp_dir.hpp"
#include "support/usage_year.hpp"
#include "usage/alerts_page.hpp"
#include "usage/calls_page.hpp"
#include "usage/report_queries.hpp"
#include "usage/report_reader.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::usage;

namespace {

constexpr TimePoint kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + 10h;

constexpr std::array kAllBy{
    ReportBy::Endpoint, ReportBy::Client, ReportBy::Asset, ReportBy::Cause, ReportBy::Day};

class FixedClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const noexcept override { return kNow; }
};

std::int64_t days_ago(int days) {
  const TimePoint start = std::chrono::floor<std::chrono::days>(kNow) - std::chrono::days(days);
  return start.time_since_epoch().count();
}

// A database with the daemon's schema, and readers on it.
struct Bed {
  Bed() {
    auto opened = store::Writer::open(path, {}, Log());
    REQUIRE(opened);
    writer = std::move(*opened);
    auto pool = store::ReaderPool::open(path, {});
    REQUIRE(pool);
    readers = std::move(*pool);
  }
  void run(const std::string& sql) {
    SQLite::Database database(path, SQLite::OPEN_READWRITE, 5000);
    database.exec(sql);
  }
  // One row of a table of usage: its endpoint was asked `requests` times, each from memory.
  void asked(const char* table, std::int64_t start, const char* key, int requests) {
    run(
        fmt::format("INSERT INTO {} VALUES ({}, {}, {}, {}, 0, 0, 0, 0, 0, 0, 0, {}, 900, "
                    "1000, {}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
                    table,
                    start,
                    key,
                    requests,
                    requests,
                    requests,
                    requests));
  }
  Report report(ReportBy by, int days = 7) {
    auto report = readers->read(
        [&](store::Reader& reader) { return read_report(reader, ReportQuery{by, days}, kNow); });
    REQUIRE(report);
    return std::move(*report);
  }
  template <class F>
  auto read(F fn) {
    auto result = readers->read(fn);
    REQUIRE(result);
    return std::move(*result);
  }
  std::string page(PageQuery query) {
    return read([&](store::Reader& reader) {
      return query.of == PageQuery::Of::Calls ? read_calls_page(reader, query)
                                              : read_alerts_page(reader, query);
    });
  }

  test::TempDir dir;
  const std::string path = dir / "test.db";
  std::unique_ptr<store::Writer> writer;
  std::shared_ptr<store::ReaderPool> readers;
};

std::string keys(const Report& report) {
  std::string all;
  for (const auto& row : report.rows) all += (all.empty() ? "" : " ") + row.key;
  return all;
}

// What SQLite reads, in its own words.
std::vector<std::string> plan_of(Bed& bed, std::string_view sql) {
  SQLite::Database database(bed.path);
  SQLite::Statement rows(database, "EXPLAIN QUERY PLAN " + std::string(sql));
  std::vector<std::string> plan;
  while (rows.executeStep()) plan.push_back(rows.getColumn(3).getString());
  return plan;
}

// Every table is searched by its key; what a part of the query yields may be walked.
void check_plan(Bed& bed, std::string_view sql) {
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

std::int64_t sum(Bed& bed, const std::string& what, int days) {
  SQLite::Database database(bed.path);
  SQLite::Statement rows(database,
                         fmt::format("SELECT {} WHERE starts_at >= {}", what, days_ago(days - 1)));
  REQUIRE(rows.executeStep());
  return rows.getColumn(0).getInt64();
}

// However the range is cut into days and months, its sums are those of its days.
void check_totals(Bed& bed, int days) {
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
  CHECK(*assets.total.credits == doctest::Approx(static_cast<double>(micro) / 1e6));
  double credits_of_rows = 0;
  for (const auto& row : assets.rows) credits_of_rows += *row.credits;
  CHECK(credits_of_rows == doctest::Approx(*assets.total.credits));
  CHECK(assets.rows.size() <= kMostAssetLines + 1);
}

void time_report(Bed& bed, ReportBy by, int days) {
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

TEST_SUITE("usage::read_report") {
  TEST_CASE("a report counts its days, today included, and no others") {
    Bed bed;
    bed.asked("usage_days", days_ago(0), "'v2.quotes', 'bot'", 1);
    bed.asked("usage_days", days_ago(6), "'v2.quotes', 'bot'", 10);
    bed.asked("usage_days", days_ago(7), "'v2.quotes', 'bot'", 100);
    bed.asked("usage_days", days_ago(-1), "'v2.quotes', 'bot'", 1000);  // the clock was ahead
    CHECK(*bed.report(ReportBy::Endpoint, 1).total.requests == 1);
    CHECK(*bed.report(ReportBy::Endpoint, 7).total.requests == 11);
    CHECK(*bed.report(ReportBy::Endpoint, 8).total.requests == 111);
    const auto report = bed.report(ReportBy::Day, 7);
    CHECK(keys(report) == "2026-11-15 2026-11-21");
    CHECK(report.from == TimePoint(milliseconds(days_ago(6))));
    CHECK(report.to == kNow);
  }

  TEST_CASE("a report begins no earlier than days are kept for, whatever it is by") {
    Bed bed;
    bed.asked("usage_months", days_ago(51), "'v1.map', ''", 1000);  // October
    bed.asked("usage_days", days_ago(51), "'v1.map', ''", 600);
    bed.asked("usage_days", days_ago(25), "'v1.map', ''", 400);
    for (const auto by : {ReportBy::Endpoint, ReportBy::Day}) {
      const auto report = bed.read([&](store::Reader& reader) {
        return read_report(reader, ReportQuery{by, 400}, kNow, std::chrono::days(31));
      });
      CHECK(report.from == TimePoint(milliseconds(days_ago(30))));
      CHECK(*report.total.requests == 400);
    }
  }

  TEST_CASE("months stand for their days, the first one only when all of it is asked for") {
    Bed bed;
    const auto month = days_ago(20);  // November the first
    bed.asked("usage_months", month, "'v1.map', ''", 500);
    bed.asked("usage_days", month, "'v1.map', ''", 400);
    bed.asked("usage_days", days_ago(5), "'v1.map', ''", 100);
    CHECK(*bed.report(ReportBy::Client, 20).total.requests == 100);  // from the second
    CHECK(*bed.report(ReportBy::Client, 21).total.requests == 500);
    CHECK(*bed.report(ReportBy::Client, 22).total.requests == 500);
    CHECK(*bed.report(ReportBy::Day, 22).total.requests == 500);
  }

  TEST_CASE("credits are those of the calls, whoever caused them") {
    Bed bed;
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
    Bed bed;
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
    Bed bed;
    bed.run(fmt::format("INSERT INTO usage_ages_months VALUES ({}, 'v2.quotes', 10, 50000)",
                        days_ago(20)));
    CHECK(*bed.report(ReportBy::Endpoint, 21).total.mean_age_s == doctest::Approx(5));
    CHECK_FALSE(bed.report(ReportBy::Endpoint, 20).total.mean_age_s);
  }

  TEST_CASE("the assets that have no line of their own share one") {
    Bed bed;
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
    Bed bed;
    for (const auto by : kAllBy) {
      CAPTURE(to_string(by));
      const auto report = bed.report(by, 400);
      CHECK(report.rows.empty());
      CHECK_FALSE(report.total.score);
    }
  }
}

TEST_SUITE("usage::pages") {
  TEST_CASE("pages go from the newest call to the oldest, whatever comes in meanwhile") {
    Bed bed;
    const auto add = [&](int id, int state) {
      bed.run(fmt::format(
          "INSERT INTO upstream_calls VALUES ({}, 'default', {}, 'v2.quotes', 'miss', 1, "
          "120, 200, 0, 20, 'bot', 1, {}, 80)",
          id,
          kNow.time_since_epoch().count(),
          state));
    };
    CHECK(bed.page({}) == R"({"calls":[],"next":null})");
    for (int id = 1; id <= 3; ++id) add(id, id - 1);
    CHECK(
        bed.page({.limit = 1}) ==
        R"({"calls":[{"id":3,"at":"2026-11-21T10:00:00Z","endpoint":"v2.quotes",)"
        R"("client":"bot","cause":"miss","credits":1,"predicted":1,"state":"lost",)"
        R"("took_ms":120,"http_status":200,"error_code":0,"assets":20,"riding":80}],"next":"3"})");
    add(4, 1);
    const auto rest = bed.page({.limit = 2, .before = 3});
    CHECK(rest.find(R"("id":2,)") < rest.find(R"("id":1,)"));
    CHECK(rest.find(R"("state":"settled")") < rest.find(R"("state":"held")"));
    CHECK(rest.ends_with("],\"next\":null}"));
    CHECK(bed.page({.before = 1}) == R"({"calls":[],"next":null})");
  }

  TEST_CASE("alerts of a kind that a later version wrote are left out") {
    Bed bed;
    for (const char* kind : {"'key', 'critical'", "'omen', 'critical'", "'key', 'dire'"})
      bed.run(
          fmt::format("INSERT INTO alerts (account, at, kind, level, subject, state, value, bound, "
                      "until, message) VALUES ('default', 1, {}, '', 'raised', 0, 0, 0, 'm')",
                      kind));
    const auto page = bed.page({.of = PageQuery::Of::Alerts, .limit = 50, .before = {}});
    CHECK(page.find("\"kind\":\"key\",\"level\":\"critical\"") != std::string::npos);
    CHECK(page.find("omen") == std::string::npos);
    CHECK(page.find("dire") == std::string::npos);
    CHECK(page.ends_with("],\"next\":null}"));
  }

  TEST_CASE("alerts are told as they were raised") {
    Bed bed;
    bed.run(fmt::format(
        "INSERT INTO alerts VALUES (1, 'default', {0}, 'key', 'critical', '', 'recovered', 0, "
        "0, 0, 'over'), (2, 'default', {0}, 'window', 'warning', 'month', 'raised', 0.81, "
        "0.8, {0}, 'many \"spent\"')",
        kNow.time_since_epoch().count()));
    const auto page = bed.page({.of = PageQuery::Of::Alerts});
    CAPTURE(page);
    CHECK(page.find(R"("id":2,)") < page.find(R"("id":1,)"));
    for (const auto* part : {R"("kind":"window")",
                             R"("level":"warning")",
                             R"("subject":"month")",
                             R"("state":"raised")",
                             R"("value":0.81)",
                             R"("bound":0.8)",
                             R"("until":"2026-11-21T10:00:00Z")",
                             R"("until":null)",
                             R"("message":"many \"spent\"")",
                             R"("state":"recovered")"}) {
      CAPTURE(part);
      CHECK(page.find(part) != std::string::npos);
    }
  }
}

TEST_SUITE("usage::ReportReader") {
  TEST_CASE("answers without blocking the loop that asks, and says when it cannot") {
    Bed bed;
    bed.asked("usage_days", days_ago(0), "'v2.quotes', 'bot'", 1);
    io::OffloadPool pool({.threads = 1, .max_queued = 4});
    const FixedClock clock;
    ReportReader reports(bed.readers, pool, {.price_per_credit = 0.5}, clock);
    boost::asio::io_context loop;
    const auto ask = [&](Question question) {
      auto task = reports.answer(std::move(question));
      auto answer = boost::asio::co_spawn(loop, std::move(task), boost::asio::use_future);
      loop.restart();
      loop.run();
      return answer.get();
    };
    const auto report = ask(ReportQuery{});
    REQUIRE(report);
    CHECK(report->find(R"("key":"v2.quotes","requests":1,)") != std::string::npos);
    CHECK(report->find(R"("price_per_credit":0.5)") != std::string::npos);
    const auto calls = ask(PageQuery{});
    REQUIRE(calls);
    CHECK(*calls == R"({"calls":[],"next":null})");

    bed.run("DROP TABLE alerts");
    const auto broken = ask(PageQuery{.of = PageQuery::Of::Alerts});
    REQUIRE_FALSE(broken);
    CHECK(broken.error().code == ErrorCode::Unavailable);
    pool.stop();
    const auto refused = ask(ReportQuery{});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::Exhausted);
  }
}

TEST_SUITE("usage: a year of rows") {
  TEST_CASE("reports and pages read ranges of keys and answer in time") {
    Bed bed;
    const auto begin = std::chrono::steady_clock::now();
    test::generate_usage_year(bed.path, kNow);
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
