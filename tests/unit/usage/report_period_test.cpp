#include "usage/report_period.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::usage;
using std::chrono::days;
using std::chrono::sys_days;

namespace {

constexpr sys_days day(int month, int number, int year = 2026) {
  return std::chrono::year(year) / month / number;
}

constexpr TimePoint kNow = day(11, 21) + 10h;

PeriodFacts facts(ledger::Anchor anchor = {}, milliseconds kept = days(400)) {
  return {kNow, kept, anchor};
}

ReportQuery span(sys_days first, sys_days last, ReportBy by = ReportBy::Endpoint) {
  ReportQuery query;
  query.by = by;
  query.span = DaySpan{first, last};
  return query;
}

ReportQuery billing(BillingMonth which) {
  ReportQuery query;
  query.billing = which;
  return query;
}

ReportPeriod found(const ReportQuery& query, const PeriodFacts& facts) {
  const auto period = period_of(query, facts);
  REQUIRE(period);
  return *period;
}

std::string why(const ReportQuery& query, const PeriodFacts& facts) {
  const auto period = period_of(query, facts);
  return period ? std::string() : period.error().message;
}

}  // namespace

TEST_SUITE("usage::period_of") {
  TEST_CASE("whole months are read as such, and only the days beside them") {
    struct Row {
      const char* name;
      ReportQuery query;
      TimePoint from, to, months_from, months_to;
      int days;
    };
    const TimePoint december = day(12, 1);
    const Row rows[] = {
        {"today", {ReportBy::Endpoint, 1}, day(11, 21), kNow, kNow, kNow, 1},
        {"from the second", {ReportBy::Endpoint, 20}, day(11, 2), kNow, kNow, kNow, 20},
        {"from the first", {ReportBy::Endpoint, 21}, day(11, 1), kNow, day(11, 1), december, 21},
        {"and a day", {ReportBy::Endpoint, 22}, day(10, 31), kNow, day(11, 1), december, 22},
        {"a month",
         span(day(10, 1), day(10, 31)),
         day(10, 1),
         day(11, 1),
         day(10, 1),
         day(11, 1),
         31},
        {"a day", span(day(10, 5), day(10, 5)), day(10, 5), day(10, 6), day(10, 6), day(10, 6), 1},
        {"over the end of a month",
         span(day(10, 5), day(11, 2)),
         day(10, 5),
         day(11, 3),
         day(11, 3),
         day(11, 3),
         29},
        {"days before and after a month",
         span(day(9, 30), day(11, 2)),
         day(9, 30),
         day(11, 3),
         day(10, 1),
         day(11, 1),
         34},
        {"a month that is running",
         span(day(11, 1), day(11, 30)),
         day(11, 1),
         kNow,
         day(11, 1),
         december,
         30},
        {"to a later day", span(day(11, 20), day(12, 31)), day(11, 20), kNow, kNow, kNow, 42}};
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const auto period = found(row.query, facts());
      CHECK(period.from == row.from);
      CHECK(period.to == row.to);
      CHECK(period.months_from == row.months_from);
      CHECK(period.months_to == row.months_to);
      CHECK(period.days == row.days);
      CHECK_FALSE(period.is_cut);
    }
  }

  TEST_CASE("a billing month goes from reset to reset, in whole days that do not count twice") {
    const ledger::Anchor anchor{5, 5h + 30min};
    const auto current = found(billing(BillingMonth::Current), facts(anchor));
    CHECK(current.kind == PeriodKind::Billing);
    CHECK(current.asked == ledger::Window{day(11, 5) + 5h + 30min, day(12, 5) + 5h + 30min});
    CHECK(current.from == TimePoint(day(11, 5)));
    CHECK(current.to == kNow);
    const auto previous = found(billing(BillingMonth::Previous), facts(anchor));
    CHECK(previous.kind == PeriodKind::PreviousBilling);
    CHECK(previous.asked == ledger::Window{day(10, 5) + 5h + 30min, day(11, 5) + 5h + 30min});
    CHECK(previous.from == TimePoint(day(10, 5)));
    CHECK(previous.to == TimePoint(day(11, 5)));
    CHECK(previous.days == 31);
    const auto calendar = found(billing(BillingMonth::Previous), facts());
    CHECK(calendar.from == TimePoint(day(10, 1)));
    CHECK(calendar.to == TimePoint(day(11, 1)));
    CHECK(calendar.months_from == calendar.from);
    CHECK(calendar.months_to == calendar.to);
  }

  TEST_CASE("a month that begins on the last day of shorter ones has the right one before it") {
    auto at = facts(ledger::Anchor{31, 0h});
    at.now = day(3, 1) + 1h;
    const auto previous = found(billing(BillingMonth::Previous), at);
    CHECK(previous.asked == ledger::Window{day(1, 31), day(2, 28)});
  }

  TEST_CASE("the future, and days that are not kept any more, are refused with what would do") {
    CHECK(why(span(day(12, 1), day(12, 31)), facts()) ==
          "from lies in the future: 2026-12-01 is after today, 2026-11-21 (UTC)");
    CHECK(why(span(day(1, 1, 2999), day(1, 31, 2999)), facts()).find("2999-01-01 is after") !=
          std::string::npos);
    const auto short_memory = facts({}, days(31));
    CHECK(why(span(day(10, 5), day(11, 2)), short_memory) ==
          "days are kept since 2026-10-22 (usage.keep_days): the report would need 2026-10-05; "
          "older are whole months only, and not by day");
    CHECK(why(span(day(10, 1), day(10, 31), ReportBy::Day), short_memory).starts_with("days are"));
    CHECK(why(span(day(8, 1), day(10, 2)), short_memory).find("need 2026-10-01") !=
          std::string::npos);
    CHECK(why(span(day(10, 1), day(10, 31)), short_memory).empty());  // months are kept for good
    CHECK(why(span(day(1, 1, 2020), day(11, 21)), short_memory).empty());
    const auto cut = found({ReportBy::Day, 400}, short_memory);
    CHECK(cut.from == TimePoint(day(10, 22)));
    CHECK(cut.is_cut);
    CHECK(cut.days == 400);
  }

  TEST_CASE("records are complete from the day after that of the first one on") {
    const RecordsBegin begin{day(10, 12), day(10, 1)};
    CHECK(whole_from(begin) == TimePoint(day(10, 13)));
    CHECK_FALSE(is_complete(found(span(day(10, 1), day(10, 31)), facts()), begin));
    CHECK_FALSE(is_complete(found(span(day(10, 12), day(10, 31)), facts()), begin));
    CHECK(is_complete(found(span(day(10, 13), day(10, 31)), facts()), begin));
    CHECK_FALSE(is_complete(found({ReportBy::Day, 400}, facts({}, days(31))), begin));
    const RecordsBegin dropped{day(10, 22), day(3, 1)};  // days before were dropped
    CHECK(whole_from(dropped) == TimePoint(day(4, 1)));
    CHECK(is_complete(found(span(day(4, 1), day(4, 30)), facts()), dropped));
    CHECK_FALSE(is_complete(found(span(day(3, 1), day(3, 31)), facts()), dropped));
  }
}
