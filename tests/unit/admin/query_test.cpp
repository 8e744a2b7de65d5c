#include "admin/query.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::admin;

namespace {

std::string why(std::string_view query) {
  const auto parsed = parse_report_query(query);
  return parsed ? std::string() : parsed.error().message;
}

}  // namespace

TEST_SUITE("admin::parse_report_query") {
  TEST_CASE("a report is of the last days, of days from one to another, or of a billing month") {
    using namespace std::chrono;
    const auto plain = parse_report_query("");
    REQUIRE(plain);
    CHECK(plain->days == 7);
    CHECK_FALSE(plain->span);
    CHECK_FALSE(plain->billing);
    const auto span = parse_report_query("by=day&to=2026-11-02&from=2026-10-05");
    REQUIRE(span);
    REQUIRE(span->span);
    CHECK(span->by == usage::ReportBy::Day);
    CHECK(span->span->first == sys_days(year(2026) / 10 / 5));
    CHECK(span->span->last == sys_days(year(2026) / 11 / 2));
    const auto billing = parse_report_query("period=billing");
    REQUIRE(billing);
    CHECK(billing->billing == usage::BillingMonth::Current);
    const auto previous = parse_report_query("period=billing_previous&by=asset");
    REQUIRE(previous);
    CHECK(previous->billing == usage::BillingMonth::Previous);
    CHECK(parse_report_query("from=2026-10-05&to=2026-10-05"));
    CHECK(parse_report_query("from=2016-11-01&to=2026-11-08"));
  }

  TEST_CASE("what is wrong is named, with what would be right") {
    CHECK(why("from=2026-10-05") == "from and to go together");
    CHECK(why("to=2026-10-05") == "from and to go together");
    CHECK(why("from=2026-11-02&to=2026-10-05") == "from is after to");
    CHECK(why("from=2026-02-29&to=2026-10-05") ==
          "from takes a day of the calendar such as 2026-10-05");
    CHECK(why("from=2026-02-01&to=2026-10") == "to takes a day of the calendar such as 2026-10-05");
    CHECK(why("from=&to=2026-10-05") == "from takes a day of the calendar such as 2026-10-05");
    CHECK(why("from=2016-10-05&to=2026-11-05") == "from and to span more than 3660 days");
    CHECK(why("period=month") == "period takes billing or billing_previous");
    for (const auto* both : {"days=7&period=billing",
                             "days=7&from=2026-10-05&to=2026-10-06",
                             "period=billing&from=2026-10-05&to=2026-10-06",
                             "days=7&to=2026-10-06"}) {
      CAPTURE(both);
      CHECK(why(both) == "days, from with to, and period exclude each other");
    }
    CHECK(why("until=2026-10-05") ==
          "unknown parameter 'until': this route takes days, from, to, period, by");
    CHECK(why("from=2026-10-05&from=2026-10-05&to=2026-10-06") == "from is given twice");
  }
}
