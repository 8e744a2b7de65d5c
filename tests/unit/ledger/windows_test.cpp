#include "ledger/windows.hpp"

#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::ledger;

namespace {

constexpr TimePoint at(year_month_day date, milliseconds time_of_day = 0ms) {
  return TimePoint(sys_days(date).time_since_epoch() + time_of_day);
}

// The local time zone, for as long as this lives.
class TimeZone {
 public:
  explicit TimeZone(const char* name) {
    if (const char* before = std::getenv("TZ")) before_ = before;
    setenv("TZ", name, 1);
    tzset();
  }
  ~TimeZone() {
    if (before_) setenv("TZ", before_->c_str(), 1);
    if (!before_) unsetenv("TZ");
    tzset();
  }
  TimeZone(const TimeZone&) = delete;
  TimeZone& operator=(const TimeZone&) = delete;

 private:
  std::optional<std::string> before_;
};

}  // namespace

TEST_SUITE("ledger::Window") {
  TEST_CASE("a minute starts and ends on the UTC minute") {
    struct Row {
      const char* name;
      milliseconds time, start, end;
    };
    const Row rows[] = {
        {"first instant", 12h, 12h, 12h + 1min},
        {"within", 12h + 30s, 12h, 12h + 1min},
        {"last instant", 12h + 59s + 999ms, 12h, 12h + 1min},
        {"last of the day", 24h - 1ms, 24h - 1min, 24h},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      const Window window = minute_of(at(2026y / 3 / 1, row.time));
      CHECK(window.start == at(2026y / 3 / 1, row.start));
      CHECK(window.end == at(2026y / 3 / 1, row.end));
    }
  }

  TEST_CASE("a month ends when the next one starts, whatever its length") {
    struct Row {
      const char* name;
      TimePoint time;
      year_month_day start, end;
    };
    const Row rows[] = {
        {"31 days", at(2026y / 1 / 31, 24h - 1ms), 2026y / 1 / 1, 2026y / 2 / 1},
        {"30 days", at(2026y / 4 / 30), 2026y / 4 / 1, 2026y / 5 / 1},
        {"february", at(2026y / 2 / 28, 24h - 1ms), 2026y / 2 / 1, 2026y / 3 / 1},
        {"leap day", at(2028y / 2 / 29, 12h), 2028y / 2 / 1, 2028y / 3 / 1},
        {"after the leap day", at(2028y / 3 / 1), 2028y / 3 / 1, 2028y / 4 / 1},
        {"no leap year at a century", at(2100y / 2 / 28, 24h - 1ms), 2100y / 2 / 1, 2100y / 3 / 1},
        {"end of the year", at(2026y / 12 / 31, 24h - 1ms), 2026y / 12 / 1, 2027y / 1 / 1},
        {"first instant", at(2026y / 7 / 1), 2026y / 7 / 1, 2026y / 8 / 1},
        {"before 1970", at(1969y / 12 / 31, 1h), 1969y / 12 / 1, 1970y / 1 / 1},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      const Window window = month_of(row.time);
      CHECK(window.start == at(row.start));
      CHECK(window.end == at(row.end));
      CHECK(contains(window, row.time));
      CHECK_FALSE(contains(window, window.end));
      CHECK_FALSE(contains(window, window.start - 1ms));
    }
  }

  TEST_CASE("a day ends at UTC midnight") {
    CHECK(day_of(at(2028y / 2 / 28, 24h - 1ms)) == Window{at(2028y / 2 / 28), at(2028y / 2 / 29)});
    CHECK(day_of(at(2028y / 2 / 29)) == Window{at(2028y / 2 / 29), at(2028y / 3 / 1)});
  }

  TEST_CASE("a month begins at its anchor, or on its last day when it has no such day") {
    struct Row {
      const char* name;
      Anchor anchor;
      TimePoint time;
      Window window;
    };
    const Anchor fifth{5, 5h + 30min};
    const Row rows[] = {
        {"at the anchor",
         fifth,
         at(2026y / 3 / 5, 5h + 30min),
         {at(2026y / 3 / 5, 5h + 30min), at(2026y / 4 / 5, 5h + 30min)}},
        {"just before it",
         fifth,
         at(2026y / 3 / 5, 5h + 30min - 1ms),
         {at(2026y / 2 / 5, 5h + 30min), at(2026y / 3 / 5, 5h + 30min)}},
        {"over the end of the year",
         fifth,
         at(2027y / 1 / 1),
         {at(2026y / 12 / 5, 5h + 30min), at(2027y / 1 / 5, 5h + 30min)}},
        {"29 in a common year",
         {29, 0ms},
         at(2026y / 2 / 27),
         {at(2026y / 1 / 29), at(2026y / 2 / 28)}},
        {"29 on the last day of a common february",
         {29, 0ms},
         at(2026y / 2 / 28),
         {at(2026y / 2 / 28), at(2026y / 3 / 29)}},
        {"29 in a leap year",
         {29, 0ms},
         at(2028y / 2 / 28),
         {at(2028y / 1 / 29), at(2028y / 2 / 29)}},
        {"30 in february",
         {30, 0ms},
         at(2026y / 2 / 28, 1h),
         {at(2026y / 2 / 28), at(2026y / 3 / 30)}},
        {"30 on a leap day",
         {30, 0ms},
         at(2028y / 2 / 29),
         {at(2028y / 2 / 29), at(2028y / 3 / 30)}},
        {"31 in a month of 30 days",
         {31, 12h},
         at(2026y / 4 / 30, 12h),
         {at(2026y / 4 / 30, 12h), at(2026y / 5 / 31, 12h)}},
        {"31 before noon of its last day",
         {31, 12h},
         at(2026y / 4 / 30, 12h - 1ms),
         {at(2026y / 3 / 31, 12h), at(2026y / 4 / 30, 12h)}},
        {"31 over the new year",
         {31, 24h - 1ms},
         at(2027y / 1 / 1),
         {at(2026y / 12 / 31, 24h - 1ms), at(2027y / 1 / 31, 24h - 1ms)}},
        {"31 in the first days of march",
         {31, 0ms},
         at(2026y / 3 / 1),
         {at(2026y / 2 / 28), at(2026y / 3 / 31)}},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      CHECK(month_of(row.time, row.anchor) == row.window);
    }
  }

  TEST_CASE("a day begins at the anchor's time") {
    const Anchor anchor{17, 5h + 30min};
    const TimePoint start = at(2026y / 2 / 28, 5h + 30min);
    CHECK(day_of(start, anchor) == Window{start, start + 24h});
    CHECK(day_of(start - 1ms, anchor) == Window{start - 24h, start});
    CHECK(day_of(at(2026y / 3 / 1), anchor) == Window{start, start + 24h});
    CHECK(day_of(at(1969y / 12 / 31), anchor).end == at(1969y / 12 / 31, 5h + 30min));
  }

  TEST_CASE("windows of a kind follow each other without a gap, at any anchor") {
    const Anchor anchors[] = {
        {}, {5, 5h + 30min}, {28, 1ms}, {29, 0ms}, {30, 23h}, {31, 24h - 1ms}};
    for (const Anchor& anchor : anchors) {
      CAPTURE(anchor.day);
      for (const auto kind : {WindowKind::Minute, WindowKind::Day, WindowKind::Month}) {
        CAPTURE(to_string(kind));
        Window window = window_of(kind, at(2026y / 1 / 1), anchor);
        for (int i = 0; i < 1500; ++i) {
          REQUIRE(window.start < window.end);
          REQUIRE(window_of(kind, window.start, anchor) == window);
          REQUIRE(window_of(kind, window.end - 1ms, anchor) == window);
          const Window next = window_of(kind, window.end, anchor);
          REQUIRE(next.start == window.end);
          window = next;
        }
      }
    }
  }

  TEST_CASE("the local time zone and its summer time have no influence") {
    const TimePoint spring = at(2026y / 3 / 29, 1h + 30min);  // Berlin's clocks go forward at 01:00
    const TimePoint autumn = at(2026y / 11 / 1, 9h + 59min);  // Los Angeles' go back at 09:00
    for (const char* name : {"UTC", "Europe/Berlin", "America/Los_Angeles", "XYZ-14"}) {
      CAPTURE(name);
      const TimeZone zone(name);
      CHECK(day_of(spring) == Window{at(2026y / 3 / 29), at(2026y / 3 / 30)});
      CHECK(day_of(autumn) == Window{at(2026y / 11 / 1), at(2026y / 11 / 2)});
      CHECK(month_of(spring) == Window{at(2026y / 3 / 1), at(2026y / 4 / 1)});
      CHECK(month_of(autumn, {29, 2h}) == Window{at(2026y / 10 / 29, 2h), at(2026y / 11 / 29, 2h)});
      CHECK(minute_of(spring + 5s) == Window{spring, spring + 1min});
    }
  }
}
