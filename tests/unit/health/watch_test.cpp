// What is remembered of calls and of the clock.
#include <chrono>

#include <doctest/doctest.h>

#include "health/clock_watch.hpp"
#include "health/recent_calls.hpp"
#include "health/thresholds.hpp"

using namespace quotecached;
using namespace quotecached::health;
using namespace std::chrono_literals;

namespace {
const RecentCalls::Time kStart{std::chrono::hours(1)};
const TimePoint kWall{std::chrono::sys_days{std::chrono::year{2027} / 1 / 15}};
}  // namespace

TEST_SUITE("health::RecentCalls") {
  TEST_CASE("tells the median of those answered, and how many of the last failed") {
    RecentCalls calls;
    CHECK(calls.summary(kStart).calls == 0);
    CHECK_FALSE(calls.summary(kStart).median);
    CHECK_FALSE(calls.summary(kStart).since_last);
    calls.note({kStart, 9000ms, true, false});
    CHECK(*calls.summary(kStart).median == 9000ms);
    calls.note({kStart + 1s, 30ms, true, false});
    calls.note({kStart + 2s, 20ms, true, true});
    calls.note({kStart + 3s, 0ms, false, true});
    const auto summary = calls.summary(kStart + 5s);
    CHECK(summary.calls == 4);
    CHECK(summary.failed == 2);
    CHECK(summary.failed_in_row == 2);
    CHECK(*summary.median == 30ms);
    CHECK(summary.slowest == 9000ms);
    CHECK(*summary.since_last == 2s);
    calls.note({kStart + 6s, 10ms, true, false});
    CHECK(calls.summary(kStart + 6s).failed_in_row == 0);
  }

  TEST_CASE("forgets what is old, and all but the last ones") {
    RecentCalls calls;
    calls.note({kStart, 10ms, true, true});
    CHECK(calls.summary(kStart + kRecent).calls == 1);
    CHECK(calls.summary(kStart + kRecent + 1ns).calls == 0);
    for (std::size_t i = 0; i < kRecentCalls; ++i) calls.note({kStart, 20ms, true, false});
    CHECK(calls.summary(kStart).calls == kRecentCalls);
    CHECK(calls.summary(kStart).failed == 0);
  }
}

TEST_SUITE("health::ClockWatch") {
  TEST_CASE("finds jumps either way, not drift, and tells them for a while") {
    ClockWatch clock;
    clock.note(kWall, kStart);
    CHECK_FALSE(clock.jump(kStart));
    clock.note(kWall + 3s, kStart + 1s);  // as far as is tolerated
    CHECK_FALSE(clock.jump(kStart + 1s));
    clock.note(kWall + 3s + 3001ms, kStart + 2s);
    const auto ahead = clock.jump(kStart + 5s);
    REQUIRE(ahead);
    CHECK(ahead->by == 2001ms);
    CHECK(ahead->ago == 3s);
    clock.note(kWall, kStart + 3s);
    CHECK(clock.jump(kStart + 3s)->by < -2s);
    CHECK(clock.jump(kStart + 3s + kJumpIsTold));
    CHECK_FALSE(clock.jump(kStart + 3s + kJumpIsTold + 1ns));
  }

  TEST_CASE("tells what several jumps come to, until one stands alone again") {
    ClockWatch clock;
    clock.note(kWall, kStart);
    clock.note(kWall + 1h, kStart + 1s);
    CHECK(clock.jump(kStart + 1s)->times == 1);
    clock.note(kWall + 2s, kStart + 2s);
    const auto back = clock.jump(kStart + 2s);
    REQUIRE(back);
    CHECK(back->times == 2);
    CHECK(back->by == -1h + 1s);
    CHECK(back->in_all == 0s);
    const auto later = kStart + 3s + kJumpIsTold;
    clock.note(kWall + 1h, later);
    const auto alone = clock.jump(later);
    REQUIRE(alone);
    CHECK(alone->times == 1);
    CHECK(alone->in_all == alone->by);
  }
}
