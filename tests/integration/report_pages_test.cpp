// Pages of calls and alerts over real databases, and how the loop is answered meanwhile.
#include <chrono>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "report_bed.hpp"
#include "usage/report.hpp"
#include "usage/report_reader.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::usage;
using test::days_ago;
using test::kReportNow;
using test::ReportBed;

namespace {

class FixedClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const noexcept override { return kReportNow; }
};

}  // namespace

TEST_SUITE("usage::pages") {
  TEST_CASE("pages go from the newest call to the oldest, whatever comes in meanwhile") {
    ReportBed bed;
    const auto add = [&](int id, int state) {
      bed.run(fmt::format(
          "INSERT INTO upstream_calls VALUES ({}, 'default', {}, 'v2.quotes', 'miss', 1, "
          "120, 200, 0, 20, 'bot', 1, {}, 80, 'r-1', '', 'p-1')",
          id,
          kReportNow.time_since_epoch().count(),
          state));
    };
    CHECK(bed.page({}) == R"({"calls":[],"next":null})");
    for (int id = 1; id <= 3; ++id) add(id, id - 1);
    CHECK(bed.page({.limit = 1}) ==
          R"({"calls":[{"id":3,"at":"2026-11-21T10:00:00Z","endpoint":"v2.quotes",)"
          R"("client":"bot","cause":"miss","credits":1,"predicted":1,"state":"lost",)"
          R"("took_ms":120,"http_status":200,"error_code":0,"assets":20,"riding":80,)"
          R"("request_id":"r-1","trace_id":"","provider_id":"p-1"}],"next":"3"})");
    add(4, 1);
    const auto rest = bed.page({.limit = 2, .before = 3});
    CHECK(rest.find(R"("id":2,)") < rest.find(R"("id":1,)"));
    CHECK(rest.find(R"("state":"settled")") < rest.find(R"("state":"held")"));
    CHECK(rest.ends_with("],\"next\":null}"));
    CHECK(bed.page({.before = 1}) == R"({"calls":[],"next":null})");
  }

  TEST_CASE("alerts of a kind that a later version wrote are left out") {
    ReportBed bed;
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
    ReportBed bed;
    bed.run(fmt::format(
        "INSERT INTO alerts VALUES (1, 'default', {0}, 'key', 'critical', '', 'recovered', 0, "
        "0, 0, 'over'), (2, 'default', {0}, 'window', 'warning', 'month', 'raised', 0.81, "
        "0.8, {0}, 'many \"spent\"')",
        kReportNow.time_since_epoch().count()));
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
    ReportBed bed;
    bed.asked("usage_days", days_ago(0), "'v2.quotes', 'bot'", 1);
    io::OffloadPool pool({.threads = 1, .max_queued = 4});
    const FixedClock clock;
    ReportReader reports(bed.readers, pool, {.price = ledger::price_of(0.5, "USD")}, clock);
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
