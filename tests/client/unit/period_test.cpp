#include "cli/period.hpp"

#include <chrono>
#include <vector>

#include <doctest/doctest.h>

#include "cli/period_view.hpp"

namespace quotecache::cli::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

constexpr TimePoint at(int month, int day, std::chrono::minutes time = 0min) {
  return sys_days(std::chrono::year(2026) / month / day) + time;
}

// Of a period from a day of 2026 to a moment, that was asked for until `ends`.
Report report_of(const char* period, TimePoint from, TimePoint to, TimePoint ends) {
  Report report;
  report.period = period;
  report.from = from;
  report.to = to;
  report.period_starts_at = from;
  report.period_ends_at = ends;
  report.is_complete = true;
  return report;
}

}  // namespace

TEST_SUITE("client::period") {
  TEST_CASE("days and months are those of the calendar, spelled one way") {
    for (const char* const day : {"2026-10-05", "2028-02-29", "1999-12-31"}) {
      CAPTURE(day);
      CHECK(wrong_day(day).empty());
    }
    for (const char* const day : {"",
                                  "2026-02-29",
                                  "2026-13-01",
                                  "2026-00-01",
                                  "2026-10-00",
                                  "2026-10-5",
                                  "2026-10-051",
                                  "20261005",
                                  "2026/10/05",
                                  " 2026-10-05",
                                  "2026-10-05T00:00:00Z",
                                  "-026-10-05"}) {
      CAPTURE(day);
      CHECK_FALSE(wrong_day(day).empty());
    }
    CHECK(wrong_month("2026-10").empty());
    for (const char* const month :
         {"", "2026-13", "2026-00", "0000-01", "1969-12", "2026-1", "2026-100", "2026"}) {
      CAPTURE(month);
      CHECK_FALSE(wrong_month(month).empty());
    }
  }

  TEST_CASE("a month has its own number of days") {
    struct Row {
      const char* month;
      const char* last;
    };
    for (const auto& [month, last] : {Row{"2026-01", "2026-01-31"},
                                      Row{"2026-02", "2026-02-28"},
                                      Row{"2028-02", "2028-02-29"},
                                      Row{"2026-11", "2026-11-30"},
                                      Row{"2026-12", "2026-12-31"}}) {
      CAPTURE(month);
      ReportQuery query;
      CHECK(take_period({.month = month, .from = {}, .to = {}, .billing = {}}, query).empty());
      CHECK(query.from == std::string(month) + "-01");
      CHECK(query.to == last);
    }
  }

  TEST_CASE("nothing said leaves the last days") {
    ReportQuery query;
    CHECK(take_period({}, query).empty());
    CHECK(query.days == 7);
    CHECK(query.from.empty());
    CHECK(query.billing == BillingMonth::None);
  }

  TEST_CASE("a heading says what was asked for, and whether it is over") {
    struct Row {
      const char* kind;
      TimePoint from, to, ends;
      const char* text;
      const char* when;
    };
    const TimePoint now = at(11, 21, 10h);
    const Row rows[] = {
        {"days",
         at(11, 15),
         now,
         at(11, 22),
         "2026-11-15 to 2026-11-21 (the last 7 days)",
         "in the last 7 days"},
        {"days", at(11, 21), now, at(11, 22), "2026-11-21 (today)", "today"},
        {"dates",
         at(10, 5),
         at(11, 3),
         at(11, 3),
         "2026-10-05 to 2026-11-02 (29 days)",
         "from 2026-10-05 to 2026-11-02"},
        {"dates", at(10, 5), at(10, 6), at(10, 6), "2026-10-05 (1 day)", "on 2026-10-05"},
        {"dates",
         at(11, 1),
         now,
         at(12, 1),
         "2026-11-01 to 2026-11-21 (21 days so far)",
         "from 2026-11-01 to 2026-11-21"},
        {"billing",
         at(11, 5),
         now,
         at(12, 5, 330min),
         "2026-11-05 to 2026-11-21 (the billing month so far, until 2026-12-05 05:30 UTC)",
         "from 2026-11-05 to 2026-11-21"},
        {"billing_previous",
         at(10, 5),
         at(11, 5),
         at(11, 5),
         "2026-10-05 to 2026-11-04 (the billing month before, until 2026-11-05 00:00 UTC)",
         "from 2026-10-05 to 2026-11-04"}};
    for (const auto& row : rows) {
      const auto report = report_of(row.kind, row.from, row.to, row.ends);
      CHECK(period_text(report) == row.text);
      CHECK(when_text(report) == row.when);
    }
  }

  TEST_CASE("the provider's count stands beside ours") {
    Look look;
    look.width = 200;
    auto report = report_of("days", at(11, 21), at(11, 21, 10h), at(11, 22));
    CHECK(provider_note(report, look).empty());
    report.provider = ProviderCount{"day", at(11, 21), at(11, 21, 9h), 1300, 1234, 66};
    CHECK(
        provider_note(report, look) ==
        "\nProvider: It counted 1,300 credits this day at 2026-11-21 09:00 UTC, our records 1,234 "
        "(66 fewer).\n");
    report.provider->difference = -2;
    CHECK(provider_note(report, look).find("(2 more).") != std::string::npos);
    report.provider->difference = 0;
    CHECK(provider_note(report, look).find("(as many).") != std::string::npos);
  }

  TEST_CASE("what is not in the figures is said") {
    Look look;
    look.width = 200;
    auto report = report_of("billing", at(11, 5), at(11, 21), at(12, 5));
    CHECK(period_notes(report, look).empty());
    report.period_starts_at = at(11, 5, 330min);
    CHECK(period_notes(report, look) ==
          "\nPeriod: The billing month began at 2026-11-05 05:30 UTC; days are counted whole.\n");
    report.period_starts_at = at(11, 5);
    report.is_complete = false;
    CHECK(period_notes(report, look) == "\nPeriod: Nothing is recorded yet.\n");
    report.records_from = at(11, 12);
    CHECK(period_notes(report, look) ==
          "\nPeriod: Not all of the period is recorded: records are whole from 2026-11-12 on.\n");
  }
}

}  // namespace quotecache::cli::test
