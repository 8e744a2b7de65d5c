#include <cmath>
#include <optional>

#include <doctest/doctest.h>

#include "pacer_bed.hpp"
#include "pacing/pacer.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::pacing;
using namespace quotecached::test;

namespace {

constexpr double kAsks = 300;  // an hour; that is 50 credits

Pacer taught() {
  Pacer pacer({});
  (void)spend(pacer, kStart - 14 * 24h, kStart, steady(kAsks));
  return pacer;
}

}  // namespace

TEST_SUITE("pacing::Pacer::forecast") {
  TEST_CASE("foretells when the cap is reached, with a band around it") {
    const Pacer pacer = taught();
    CHECK(cost(kAsks, Age(0)) == doctest::Approx(50));
    const auto uses = uses_of(18'000, 0);
    const auto forecast = pacer.forecast(month_in(uses), Age(0), kStart);
    REQUIRE(forecast.exhausted_at);
    CHECK(std::abs((*forecast.exhausted_at - (kStart + 360h)) / 1h) <= 8);
    REQUIRE(forecast.earliest);
    REQUIRE(forecast.latest);
    CHECK(*forecast.earliest < *forecast.exhausted_at);
    CHECK(*forecast.exhausted_at < *forecast.latest);
    CHECK(forecast.spent_at_end == doctest::Approx(36'000).epsilon(0.03));
  }

  TEST_CASE("at the price that is asked for, the window lasts") {
    const Pacer pacer = taught();
    const auto uses = uses_of(18'000, 0);
    const auto forecast = pacer.forecast(month_in(uses), pacer.price(uses, kStart), kStart);
    CHECK_FALSE(forecast.exhausted_at);
    CHECK_FALSE(forecast.latest);
    CHECK(forecast.spent_at_end == doctest::Approx(0.98 * 18'000).epsilon(0.01));
  }

  TEST_CASE("a price that is too low is exhausted before the end") {
    const Pacer pacer = taught();
    const auto uses = uses_of(3600, 0);
    const Age half{pacer.price(uses_of(7200, 0), kStart)};
    const auto forecast = pacer.forecast(month_in(uses), half, kStart);
    REQUIRE(forecast.exhausted_at);
    CHECK(std::abs((*forecast.exhausted_at - (kStart + 360h)) / 1h) <= 12);
  }

  TEST_CASE("a window without a cap is never exhausted, a spent one is now") {
    const Pacer pacer = taught();
    const auto none = pacer.forecast(month_in(uses_of(0, 500)), Age(0), kStart);
    CHECK_FALSE(none.exhausted_at);
    CHECK_FALSE(none.earliest);
    CHECK(none.spent_at_end > 500);
    const auto spent = pacer.forecast(month_in(uses_of(100, 100)), Age(0), kStart);
    REQUIRE(spent.exhausted_at);
    CHECK(spent.exhausted_at == kStart);
    CHECK(spent.earliest == kStart);
    CHECK(spent.latest == kStart);
  }

  TEST_CASE("tells the minute, and nothing that is not before the window's end") {
    const Pacer pacer = taught();
    // Fifty an hour: 25 last half an hour.
    const auto soon = pacer.forecast(month_in(uses_of(25, 0)), Age(0), kStart);
    REQUIRE(soon.exhausted_at);
    CHECK(std::abs((*soon.exhausted_at - (kStart + 30min)) / 1min) <= 1);
    CHECK(*soon.earliest < *soon.exhausted_at);
    // The largest budget that does not last, most of a credit a minute.
    std::optional<TimePoint> last;
    for (std::int64_t cap = 36'000 * 11 / 10; !last; --cap) {
      REQUIRE(cap > 36'000 * 9 / 10);
      last = pacer.forecast(month_in(uses_of(cap, 0)), Age(0), kStart).exhausted_at;
    }
    CHECK(*last < kMonth.end);
    CHECK(*last > kMonth.end - 5min);
  }
}
