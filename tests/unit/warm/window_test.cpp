#include "warm/window.hpp"

#include <doctest/doctest.h>

using namespace quotecached;
using namespace std::chrono_literals;

namespace {

TimePoint at(std::chrono::year_month_day date, std::chrono::seconds time) {
  return std::chrono::sys_days(date) + time;
}

std::optional<std::chrono::local_days> on(std::chrono::year_month_day date) {
  return std::chrono::local_days(date);
}

warm::Window window(std::chrono::minutes from, std::chrono::minutes to) {
  warm::Window made;
  made.from = from;
  made.to = to;
  return made;
}

}  // namespace

TEST_SUITE("warm::open_since") {
  using namespace std::chrono;

  TEST_CASE("a window is open from its first minute on until before its last") {
    struct Row {
      const char* name;
      minutes from;
      minutes to;
      TimePoint now;
      std::optional<local_days> wanted;
    };
    const auto monday = 2026y / 11 / 30;
    const auto sunday = 2026y / 11 / 29;
    for (const auto& row : {
             Row{"just before", 8h, 10h, at(monday, 8h - 1s), std::nullopt},
             Row{"its start", 8h, 10h, at(monday, 8h), on(monday)},
             Row{"its last second", 8h, 10h, at(monday, 10h - 1s), on(monday)},
             Row{"its end", 8h, 10h, at(monday, 10h), std::nullopt},
             Row{"all day", 0h, 24h, at(monday, 24h - 1s), on(monday)},
             Row{"past midnight, before", 22h, 2h, at(monday, 23h), on(monday)},
             Row{"past midnight, after", 22h, 2h, at(monday, 1h), on(sunday)},
             Row{"past midnight, over", 22h, 2h, at(monday, 2h), std::nullopt},
         }) {
      CAPTURE(row.name);
      CHECK(warm::open_since(window(row.from, row.to), row.now) == row.wanted);
    }
  }

  TEST_CASE("the day is the one on which it begins") {
    auto late = window(22h, 2h);
    late.days = 1 << 6;  // Sunday
    CHECK(warm::open_since(late, at(2026y / 11 / 29, 23h)));
    CHECK(warm::open_since(late, at(2026y / 11 / 30, 1h)));
    CHECK_FALSE(warm::open_since(late, at(2026y / 11 / 30, 23h)));
    CHECK_FALSE(warm::open_since(late, at(2026y / 11 / 29, 1h)));
  }

  TEST_CASE("hours are those of the zone") {
    auto morning = window(8h, 10h);
    morning.zone = *TimeZone::load("+05:30");
    CHECK(warm::open_since(morning, at(2026y / 11 / 30, 2h + 30min)) == on(2026y / 11 / 30));
    CHECK_FALSE(warm::open_since(morning, at(2026y / 11 / 30, 8h)));
  }
}
