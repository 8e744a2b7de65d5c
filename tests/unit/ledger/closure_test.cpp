#include "ledger/closure.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::ledger;

namespace {

constexpr TimePoint at(year_month_day date, milliseconds time_of_day = 0ms) {
  return TimePoint(sys_days(date).time_since_epoch() + time_of_day);
}

}  // namespace

TEST_SUITE("ledger closures") {
  TEST_CASE("a closure lasts to the end of its window") {
    const TimePoint noon = at(2026y / 2 / 10, 12h + 17s);
    CHECK(closed_window(Closure::Minute, noon) == minute_of(noon));
    CHECK(closed_window(Closure::Day, noon) == Window{at(2026y / 2 / 10), at(2026y / 2 / 11)});
    CHECK(closed_window(Closure::Month, noon) == Window{at(2026y / 2 / 1), at(2026y / 3 / 1)});
    CHECK(closed_window(Closure::Key, noon) == Window{noon, noon + 10min});
  }

  TEST_CASE("a closure lasts to the end of its window by the anchor") {
    const Anchor anchor{20, 6h};
    const TimePoint noon = at(2026y / 2 / 10, 12h);
    CHECK(closed_window(Closure::Minute, noon, anchor) == minute_of(noon));
    CHECK(closed_window(Closure::Day, noon, anchor).end == at(2026y / 2 / 11, 6h));
    CHECK(closed_window(Closure::Month, noon, anchor).end == at(2026y / 2 / 20, 6h));
    CHECK(closed_window(Closure::Key, noon, anchor).end == noon + kKeyRest);
  }

  TEST_CASE("a refusal just after midnight closes for the skew of clocks only") {
    const TimePoint month = at(2026y / 3 / 1);
    CHECK(closed_window(Closure::Day, month + 1s).end == month + kClockSkew);
    CHECK(closed_window(Closure::Month, month + kClockSkew - 1ms).end == month + kClockSkew);
    CHECK(closed_window(Closure::Day, month + kClockSkew).end == at(2026y / 3 / 2));
    CHECK(closed_window(Closure::Month, month + kClockSkew).end == at(2026y / 4 / 1));
  }
}
