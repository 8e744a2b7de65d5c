#include "sim_time.hpp"

#include <doctest/doctest.h>

using namespace cmcsim;
using namespace std::chrono_literals;

TEST_SUITE("cmcsim: time") {
  TEST_CASE("a clock that stands goes on when it is told to") {
    const auto at = parse_iso("2026-11-17T08:00:00Z");
    REQUIRE(at);
    SimClock clock(at);
    CHECK(clock.now() == *at);
    clock.advance(70250ms);
    CHECK(clock.now() == *at + 70250ms);
    CHECK(iso_text(clock.now()) == "2026-11-17T08:01:10.250Z");
  }

  TEST_CASE("only whole moments in UTC are read") {
    for (const auto* text : {"",
                             "2026-11-17",
                             "2026-11-17T08:00:00",
                             "2026-11-31T08:00:00Z",
                             "2026-11-17T8:00:00Z",
                             "2026-11-17T08:00:00Zx",
                             "2026-11-17T24:00:00Z"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_iso(text));
    }
  }

  TEST_CASE("late ticks never go back, and are as late as was said") {
    const auto late = Lateness::parse("40:160");
    REQUIRE(late);
    const TimePoint start = *parse_iso("2026-11-17T08:00:00Z");
    std::uint64_t last = 0;
    std::chrono::milliseconds youngest{1h};
    std::chrono::milliseconds oldest{0};
    for (auto now = start; now < start + 2h; now += 1s) {
      const Tick tick = late_tick_at(now, 60s, *late, 1);
      CHECK(tick.start == TimePoint(tick.index * 60s));
      CHECK(tick.index >= last);
      last = tick.index;
      youngest = std::min<std::chrono::milliseconds>(youngest, now - tick.start);
      oldest = std::max<std::chrono::milliseconds>(oldest, now - tick.start);
    }
    CHECK(youngest >= 40s);
    CHECK(youngest < 60s);
    CHECK(oldest <= 160s + 60s);
    CHECK(oldest > 100s);
    for (const auto* text : {"", "40", "40:", "160:40", "-1:5", "40:160s"}) {
      CAPTURE(text);
      CHECK_FALSE(Lateness::parse(text));
    }
  }
}
