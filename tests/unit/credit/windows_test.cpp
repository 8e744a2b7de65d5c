#include "credit/windows.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::credit;

namespace {

constexpr TimePoint at(year_month_day date, milliseconds time_of_day = 0ms) {
  return TimePoint(sys_days(date).time_since_epoch() + time_of_day);
}

}  // namespace

TEST_SUITE("credit::Window") {
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

  TEST_CASE("error codes close what they are about") {
    struct Row {
      std::int64_t code;
      std::optional<Closure> closure;
    };
    const Row rows[] = {
        {0, {}},
        {400, {}},
        {500, {}},
        {1000, {}},
        {1001, Closure::Key},
        {1002, Closure::Key},
        {1003, Closure::Key},
        {1004, Closure::Key},
        {1005, Closure::Key},
        {1006, {}},
        {1007, Closure::Key},
        {1008, Closure::Minute},
        {1009, Closure::Day},
        {1010, Closure::Month},
        {1011, {}},
        {-1001, {}},
    };
    for (const Row& row : rows) {
      CAPTURE(row.code);
      CHECK(closure_of(row.code) == row.closure);
    }
  }

  TEST_CASE("a closure lasts to the end of its window") {
    const TimePoint noon = at(2026y / 2 / 10, 12h + 17s);
    CHECK(closed_window(Closure::Minute, noon) == minute_of(noon));
    CHECK(closed_window(Closure::Day, noon) == Window{at(2026y / 2 / 10), at(2026y / 2 / 11)});
    CHECK(closed_window(Closure::Month, noon) == Window{at(2026y / 2 / 1), at(2026y / 3 / 1)});
    CHECK(closed_window(Closure::Key, noon) == Window{noon, noon + 10min});
  }

  TEST_CASE("a refusal just after midnight closes for the skew of clocks only") {
    const TimePoint month = at(2026y / 3 / 1);
    CHECK(closed_window(Closure::Day, month + 1s).end == month + kClockSkew);
    CHECK(closed_window(Closure::Month, month + kClockSkew - 1ms).end == month + kClockSkew);
    CHECK(closed_window(Closure::Day, month + kClockSkew).end == at(2026y / 3 / 2));
    CHECK(closed_window(Closure::Month, month + kClockSkew).end == at(2026y / 4 / 1));
  }
}
