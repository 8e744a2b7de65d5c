#include "pacing/ask_count.hpp"

#include <numbers>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace quotecached;
using quotecached::pacing::AskCount;

namespace {

const TimePoint kStart{1'790'000'000s};

// A count that halves in so long holds what is asked for in so many seconds.
double span(std::chrono::seconds half_life) {
  return static_cast<double>(half_life.count()) / std::numbers::ln2;
}

AskCount asked(double asks, TimePoint at) {
  AskCount count;
  count.note(asks, at);
  return count;
}

}  // namespace

TEST_SUITE("pacing::AskCount") {
  TEST_CASE("what was never asked for is idle, at any time") {
    const AskCount count;
    CHECK(count.daily(kStart) == 0);
    CHECK(count.lately(kStart) == 0);
    CHECK(count.is_idle(kStart));
  }

  TEST_CASE("both counts halve in their half-lives") {
    const auto count = asked(8, kStart);
    CHECK(count.daily(kStart) == doctest::Approx(8 / span(AskCount::kHalfLife)));
    CHECK(count.daily(kStart + AskCount::kHalfLife) ==
          doctest::Approx(4 / span(AskCount::kHalfLife)));
    CHECK(count.lately(kStart) == doctest::Approx(8 / span(AskCount::kBurstHalfLife)));
    CHECK(count.lately(kStart + 3 * AskCount::kBurstHalfLife) ==
          doctest::Approx(1 / span(AskCount::kBurstHalfLife)));
  }

  TEST_CASE("an ask may stand for many, or for a part") {
    auto count = asked(1, kStart);
    count.note(2.5, kStart);
    CHECK(count.daily(kStart) == doctest::Approx(3.5 / span(AskCount::kHalfLife)));
  }

  TEST_CASE("steady asks come to their rate") {
    AskCount count;
    auto now = kStart;
    for (; now < kStart + 240h; now += 10s) count.note(1, now);
    CHECK(count.daily(now) == doctest::Approx(0.1).epsilon(0.01));
    CHECK(count.lately(now) == doctest::Approx(0.1).epsilon(0.02));
  }

  TEST_CASE("a burst is noticed at once, and hardly moves the count of the day") {
    AskCount count;
    auto now = kStart;
    for (; now < kStart + 96h; now += 100s) count.note(1, now);
    const double before = count.daily(now);
    for (const auto end = now + 10min; now < end; now += 1s) count.note(1, now);
    CHECK(count.lately(now) > 0.4);
    CHECK(count.daily(now) < 2 * before);
    now += 2h;
    CHECK(count.lately(now) < 0.001);
  }

  TEST_CASE("idle is what nobody asked for within two half-lives") {
    const auto count = asked(1000, kStart);
    CHECK_FALSE(count.is_idle(kStart));
    CHECK_FALSE(count.is_idle(kStart + 2 * AskCount::kHalfLife));
    CHECK(count.is_idle(kStart + 2 * AskCount::kHalfLife + 1s));
  }

  TEST_CASE("a clock that stepped back ages nothing") {
    auto count = asked(4, kStart);
    CHECK(count.daily(kStart - 48h) == count.daily(kStart));
    CHECK_FALSE(count.is_idle(kStart - 48h));
    count.note(4, kStart - 48h);
    CHECK(count.daily(kStart - 48h) == doctest::Approx(8 / span(AskCount::kHalfLife)));
    // Time goes on from there.
    CHECK(count.daily(kStart - 24h) == doctest::Approx(4 / span(AskCount::kHalfLife)));
  }

  TEST_CASE("is small, since there is one for each asset that is asked for") {
    CHECK(sizeof(AskCount) == 12);
  }
}
