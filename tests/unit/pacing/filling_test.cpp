#include "pacing/filling.hpp"

#include <doctest/doctest.h>

#include "pacer_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::pacing;
using namespace quotecached::test;

TEST_SUITE("pacing::Filling") {
  TEST_CASE("what fades is foretold to fade on") {
    Filling filling;
    CHECK(filling.expected(0, 720) == 0);
    constexpr double kMinute = 1.0 / 60;
    for (int minute = 1; minute <= 240; ++minute)
      filling.note(10 * kMinute / (minute * kMinute), kMinute);  // 10 / t an hour
    CHECK_FALSE(filling.is_over());
    CHECK(filling.rate() >= 2.5);
    CHECK(filling.rate() <= 4);
    CHECK(filling.expected(0, 716) >= 50);
    CHECK(filling.expected(0, 716) <= 80);
    CHECK(filling.expected(0, 10) + filling.expected(10, 716) ==
          doctest::Approx(filling.expected(0, 716)));
  }

  TEST_CASE("is over after six hours") {
    Filling filling;
    for (int hour = 0; hour < 5; ++hour) filling.note(1, 1);
    CHECK_FALSE(filling.is_over());
    filling.note(1, 1);
    CHECK(filling.is_over());
    CHECK(filling.rate() == doctest::Approx(1));
  }

  TEST_CASE("the misses of an empty cache do not stop all renewals of the first day") {
    Pacer pacer({});
    TimePoint now = kStart;
    for (int minute = 0; minute <= 120; ++minute, now += 1min)
      pacer.note({10, Credits{minute < 60 && minute % 2 == 0 ? 1 : 0}, {}, true, Age(0)}, now);
    const Age price = pacer.price(uses_of(3000, 30), now);
    CHECK(price > Age(0));
    CHECK(price < Age(100'000));
  }
}
