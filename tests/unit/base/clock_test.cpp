#include "base/clock.hpp"

#include <doctest/doctest.h>

using namespace quotecached;
using namespace std::chrono_literals;

TEST_SUITE("base::Clock") {
  TEST_CASE("the system's clock is the system's, to the millisecond") {
    const auto before = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
    const auto now = SystemClock().now();
    const auto after = std::chrono::system_clock::now();
    CHECK(now >= before);
    CHECK(now <= after);
  }

  TEST_CASE("a movable clock stands apart by what it was moved") {
    MovableClock clock;
    clock.advance(1h);
    clock.advance(-10min);
    const auto before = SystemClock().now();
    const auto moved = clock.now();
    const auto after = SystemClock().now();
    CHECK(moved >= before + 50min);
    CHECK(moved <= after + 50min);
    CHECK_FALSE(clock.is_standing());
  }

  TEST_CASE("one that stands goes on when it is moved and not otherwise") {
    const TimePoint at{1'795'000'000'250ms};
    MovableClock clock(at);
    CHECK(clock.is_standing());
    CHECK(clock.now() == at);
    clock.advance(61s);
    CHECK(clock.now() == at + 61s);
    clock.advance(-61s);
    CHECK(clock.now() == at);
  }
}
