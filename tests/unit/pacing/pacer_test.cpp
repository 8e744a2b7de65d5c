#include "pacing/pacer.hpp"

#include <cmath>
#include <functional>
#include <optional>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::ledger;
using namespace quotecached::pacing;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

// A Sunday, and the first of a month of 30 days.
const TimePoint kStart{std::chrono::sys_days(std::chrono::year(2026) / 11 / 1).time_since_epoch()};
const Window kMonth{kStart, kStart + days(30)};

WindowUses uses_of(std::int64_t cap, std::int64_t spent) {
  WindowUses uses{};
  uses[static_cast<std::size_t>(WindowKind::Month)] = {kMonth, cap, spent, 0};
  return uses;
}

const WindowUse& month_in(const WindowUses& uses) {
  return uses[static_cast<std::size_t>(WindowKind::Month)];
}

// Credits that the hour at `time` asks for.
using Rhythm = std::function<double(TimePoint)>;

Rhythm steady(double credits) {
  return [credits](TimePoint) { return credits; };
}

// Twelve busy hours and twelve idle ones.
double day_and_night(TimePoint time) { return hour_of_week(time) % 24 / 12 == 1 ? 90 : 10; }

// Spends minute by minute what `rhythm` asks for, with freshness stretched by what `stretch` says;
// returns how much that was.
double spend(Pacer& pacer,
             TimePoint from,
             TimePoint until,
             const Rhythm& rhythm,
             const std::function<double(TimePoint, double)>& stretch) {
  double spent = 0;
  double owed = 0;
  for (TimePoint now = from; now < until; now += minutes(1)) {
    const double by = stretch(now, spent);
    owed += rhythm(now) / 60 / by;
    const auto whole = static_cast<std::int64_t>(owed);
    owed -= static_cast<double>(whole);
    spent += static_cast<double>(whole);
    pacer.note({whole}, by, now);
  }
  return spent;
}

double not_stretched(TimePoint, double) { return 1; }

}  // namespace

TEST_SUITE("pacing::hour_of_week") {
  TEST_CASE("counts from Monday midnight") {
    CHECK(hour_of_week(kStart) == 6 * 24);
    CHECK(hour_of_week(kStart + 24h) == 0);
    CHECK(hour_of_week(kStart + 24h - 1ms) == 167);
    CHECK(hour_of_week(TimePoint(0ms)) == 3 * 24);
    CHECK(hour_of_week(TimePoint(-1ms)) == 3 * 24 - 1);
  }
}

TEST_SUITE("pacing::Pacer") {
  TEST_CASE("knows nothing at first: no stretch, and nothing runs out before the end") {
    const Pacer pacer({});
    const auto uses = uses_of(10000, 0);
    CHECK(pacer.stretch(uses, kStart) == 1);
    CHECK_FALSE(pacer.forecast(month_in(uses), 1, kStart).exhausted_at);
  }

  TEST_CASE("a burst in the first minutes is borne, an hour of it is not") {
    Pacer pacer({});
    const auto four_a_minute = steady(240);
    (void)spend(pacer, kStart, kStart + 5min, four_a_minute, not_stretched);
    CHECK(pacer.stretch(uses_of(10000, 20), kStart + 5min) < 1.5);
    (void)spend(pacer, kStart + 5min, kStart + 1h, four_a_minute, not_stretched);
    const double stretch = pacer.stretch(uses_of(10000, 240), kStart + 1h);
    CHECK(stretch > 3);
    CHECK(stretch < 10);
  }

  TEST_CASE("ample budgets are left alone, scarce ones stretch by what is missing") {
    struct Row {
      double demand;  // an hour; a month of 720 hours
      std::int64_t cap;
      double expected;
    };
    for (const auto& row : {Row{10, 10000, 1},
                            Row{20, 7200, 2},
                            Row{50, 7200, 5},
                            Row{500, 7200, 10},
                            Row{0, 7200, 1}}) {
      CAPTURE(row.demand);
      Pacer pacer({.safety = 0});
      // As if it had gone on for three days before the window.
      (void)spend(pacer, kStart - 72h, kStart, steady(row.demand), not_stretched);
      CHECK(pacer.stretch(uses_of(row.cap, 0), kStart) ==
            doctest::Approx(row.expected).epsilon(0.05));
    }
  }

  TEST_CASE("nothing left is stretched to the end of the range, nothing asked for is not") {
    Pacer pacer({});
    (void)spend(pacer, kStart, kStart + 24h, steady(10), not_stretched);
    CHECK(pacer.stretch(uses_of(100, 100), kStart + 24h) == 10);
    CHECK(pacer.stretch(uses_of(100, 150), kStart + 24h) == 10);
    WindowUses none{};
    CHECK(pacer.stretch(none, kStart + 24h) == 1);
  }

  TEST_CASE("the window that is scarcer decides") {
    Pacer pacer({.safety = 0});
    (void)spend(pacer, kStart - 72h, kStart, steady(20), not_stretched);
    auto uses = uses_of(20 * 720, 0);
    uses[static_cast<std::size_t>(WindowKind::Day)] = {{kStart, kStart + 24h}, 120, 0, 0};
    CHECK(pacer.stretch(uses, kStart) == doctest::Approx(4).epsilon(0.05));
  }

  TEST_CASE("the evening of a spent day is not alarming to who knows the nights") {
    Pacer pacer({.safety = 0});
    (void)spend(pacer, kStart - 14 * 24h, kStart, day_and_night, not_stretched);
    WindowUses uses{};
    auto& day = uses[static_cast<std::size_t>(WindowKind::Day)];
    // 120 a night, 1080 a day. At midnight before a busy day all of it is needed ...
    day = {{kStart, kStart + 24h}, 1200, 0, 0};
    CHECK(pacer.stretch(uses, kStart) == doctest::Approx(1).epsilon(0.08));
    // ... at noon the busy half is still to come ...
    day.spent = 600;
    CHECK(pacer.stretch(uses, kStart + 12h) == doctest::Approx(1.8).epsilon(0.08));
    // ... and when it is over little is needed.
    day.window = {kStart - 12h, kStart + 12h};
    day.spent = 1060;
    CHECK(pacer.stretch(uses, kStart) == 1);
  }

  TEST_CASE("a month is spent to its end, and no further") {
    struct Row {
      std::string_view name;
      Rhythm rhythm;
      std::int64_t cap;
    };
    for (const auto& row : {Row{"steady", steady(50), 20000},
                            Row{"day and night", day_and_night, 10000},
                            Row{"falls by half",
                                [](TimePoint now) { return now < kStart + days(15) ? 60.0 : 30.0; },
                                20000},
                            Row{"doubles",
                                [](TimePoint now) { return now < kStart + days(15) ? 30.0 : 60.0; },
                                20000}}) {
      CAPTURE(row.name);
      Pacer pacer({});
      double last = 1;
      const auto stretch = [&](TimePoint now, double spent) {
        if ((now - kStart) % 30min == 0ms)
          last = pacer.stretch(uses_of(row.cap, std::llround(spent)), now);
        return last;
      };
      const double spent = spend(pacer, kMonth.start, kMonth.end, row.rhythm, stretch);
      CHECK(spent <= static_cast<double>(row.cap));
      CHECK(spent >= 0.97 * static_cast<double>(row.cap));
    }
  }

  TEST_CASE("follows demand that does not give way to stretching as much as it should") {
    Pacer pacer({});
    const std::int64_t cap = 20000;
    const auto stretch = [&](TimePoint now, double spent) {
      // What is spent goes with the root of the stretch only.
      return std::sqrt(pacer.stretch(uses_of(cap, std::llround(spent)), now));
    };
    double spent = 0;
    for (TimePoint now = kMonth.start; now < kMonth.end; now += 1h) {
      const double by = stretch(now, spent);
      const auto whole = std::llround(60 / by);
      spent += static_cast<double>(whole);
      for (int minute = 0; minute < 60; ++minute) {
        pacer.note({minute == 30 ? whole : 0}, by * by, now + minutes(minute));
      }
    }
    CHECK(spent <= 1.01 * static_cast<double>(cap));
    CHECK(spent >= 0.97 * static_cast<double>(cap));
  }

  TEST_CASE("time that was not watched is no observation") {
    Pacer watched({.safety = 0});
    (void)spend(watched, kStart - 72h, kStart, steady(20), not_stretched);
    Pacer gaps({.safety = 0});
    for (TimePoint at = kStart - 72h; at < kStart; at += 2h) {
      (void)spend(gaps, at, at + 1h, steady(20), not_stretched);
    }
    const auto uses = uses_of(7200, 0);
    CHECK(gaps.stretch(uses, kStart) ==
          doctest::Approx(watched.stretch(uses, kStart)).epsilon(0.06));
  }

  TEST_CASE("a clock that jumps does no harm") {
    Pacer pacer({.safety = 0});
    (void)spend(pacer, kStart - 72h, kStart, steady(20), not_stretched);
    pacer.note({5}, 1, kStart + 30 * 24h);
    pacer.note({5}, 1, kStart - 30 * 24h);
    pacer.note({0}, 1, kStart);
    CHECK(pacer.stretch(uses_of(7200, 0), kStart) == doctest::Approx(2).epsilon(0.05));
  }

  TEST_CASE("a pattern put back is known at once") {
    Pacer before({.safety = 0});
    (void)spend(before, kStart - 14 * 24h, kStart, day_and_night, not_stretched);
    Pacer after({.safety = 0});
    after.restore(before.pattern());
    CHECK(after.pattern() == before.pattern());
    const auto uses = uses_of(18000, 0);
    CHECK(after.stretch(uses, kStart) ==
          doctest::Approx(before.stretch(uses, kStart)).epsilon(0.03));
  }

  TEST_CASE("older weeks count less") {
    Pacer pacer({.safety = 0, .pattern_half_life = 1});
    (void)spend(pacer, kStart - 63 * 24h, kStart - 35 * 24h, steady(10), not_stretched);
    (void)spend(pacer, kStart - 35 * 24h, kStart, steady(40), not_stretched);
    CHECK(pacer.pattern().hours[0].demand == doctest::Approx(40).epsilon(0.06));
  }
}

TEST_SUITE("pacing::Pacer::forecast") {
  TEST_CASE("foretells when the cap is reached, with a band around it") {
    Pacer pacer({});
    (void)spend(pacer, kStart - 14 * 24h, kStart, steady(50), not_stretched);
    const auto uses = uses_of(18000, 0);
    const auto forecast = pacer.forecast(month_in(uses), 1, kStart);
    REQUIRE(forecast.exhausted_at);
    CHECK(std::abs((*forecast.exhausted_at - (kStart + 360h)) / 1h) <= 8);
    REQUIRE(forecast.earliest);
    REQUIRE(forecast.latest);
    CHECK(*forecast.earliest < *forecast.exhausted_at);
    CHECK(*forecast.exhausted_at < *forecast.latest);
    CHECK(forecast.spent_at_end == doctest::Approx(36000).epsilon(0.03));
  }

  TEST_CASE("stretched by enough, the window lasts") {
    Pacer pacer({});
    (void)spend(pacer, kStart - 14 * 24h, kStart, steady(50), not_stretched);
    const auto uses = uses_of(18000, 0);
    const auto forecast = pacer.forecast(month_in(uses), pacer.stretch(uses, kStart), kStart);
    CHECK_FALSE(forecast.exhausted_at);
    CHECK_FALSE(forecast.latest);
    CHECK(forecast.spent_at_end == doctest::Approx(0.98 * 18000).epsilon(0.01));
  }

  TEST_CASE("more than the greatest stretch can save is exhausted before the end") {
    Pacer pacer({});
    (void)spend(pacer, kStart - 14 * 24h, kStart, steady(50), not_stretched);
    const auto uses = uses_of(1800, 0);
    CHECK(pacer.stretch(uses, kStart) == 10);
    const auto forecast = pacer.forecast(month_in(uses), 10, kStart);
    REQUIRE(forecast.exhausted_at);
    CHECK(std::abs((*forecast.exhausted_at - (kStart + 360h)) / 1h) <= 8);
  }

  TEST_CASE("a window without a cap is never exhausted, a spent one is now") {
    Pacer pacer({});
    (void)spend(pacer, kStart - 48h, kStart, steady(50), not_stretched);
    const auto none = pacer.forecast(month_in(uses_of(0, 500)), 1, kStart);
    CHECK_FALSE(none.exhausted_at);
    CHECK_FALSE(none.earliest);
    CHECK(none.spent_at_end > 500);
    const auto spent = pacer.forecast(month_in(uses_of(100, 100)), 1, kStart);
    REQUIRE(spent.exhausted_at);
    CHECK(spent.exhausted_at == kStart);
    CHECK(spent.earliest == kStart);
    CHECK(spent.latest == kStart);
  }

  TEST_CASE("tells the minute, and nothing that is not before the window's end") {
    Pacer pacer({});
    (void)spend(pacer, kStart - 14 * 24h, kStart, steady(60), not_stretched);
    // Sixty an hour: 30 last half an hour.
    const auto soon = pacer.forecast(month_in(uses_of(30, 0)), 1, kStart);
    REQUIRE(soon.exhausted_at);
    CHECK(std::abs((*soon.exhausted_at - (kStart + 30min)) / 1min) <= 1);
    CHECK(*soon.earliest < *soon.exhausted_at);
    // The largest budget that does not last, a credit a minute.
    std::optional<TimePoint> last;
    for (std::int64_t cap = 60 * 24 * 30 * 11 / 10; !last; --cap) {
      REQUIRE(cap > 60 * 24 * 30 * 9 / 10);
      last = pacer.forecast(month_in(uses_of(cap, 0)), 1, kStart).exhausted_at;
    }
    CHECK(*last < kMonth.end);
    CHECK(*last > kMonth.end - 5min);
  }
}
