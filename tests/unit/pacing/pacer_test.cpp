#include "pacing/pacer.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <doctest/doctest.h>

#include "pacer_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::ledger;
using namespace quotecached::pacing;
using namespace quotecached::test;
using std::chrono::days;
using std::chrono::minutes;

namespace {

constexpr std::size_t kDay = static_cast<std::size_t>(WindowKind::Day);

// Credits of a whole month by the rhythm.
double month_cost(const Rhythm& rhythm, Age price) {
  double sum = 0;
  for (TimePoint hour = kMonth.start; hour < kMonth.end; hour += 1h)
    sum += cost(rhythm(hour), price);
  return sum;
}

// Credits in the first minute of each hour.
Credits hourly(std::int64_t credits, TimePoint now) {
  return {(now - kStart) % 1h == 0ms ? credits : 0};
}

// As if it had gone on before the window.
Pacer taught(const Rhythm& rhythm, std::chrono::hours long_ = 14 * 24h) {
  Pacer pacer({.safety = 0});
  (void)spend(pacer, kStart - long_, kStart, rhythm);
  return pacer;
}

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
  TEST_CASE("knows nothing at first: no price, and nothing runs out before the end") {
    const Pacer pacer({});
    for (const std::int64_t cap : {1, 300, 10'000, 1'000'000'000}) {
      CAPTURE(cap);
      const auto uses = uses_of(cap, 0);
      CHECK(pacer.price(uses, kStart) == Age(0));
      CHECK(pacer.stretch(Age(0), kStart) == 1);
      CHECK_FALSE(pacer.forecast(month_in(uses), Age(0), kStart).exhausted_at);
    }
  }

  TEST_CASE("the longer a burst lasts, the more it is taken for what is to come") {
    Pacer pacer({});
    const auto price_between = [&](milliseconds from, milliseconds until) {
      (void)spend(pacer, kStart + from, kStart + until, steady(200));
      return pacer.price(uses_of(10'000, 0), kStart + until).count();
    };
    const double of_minutes = price_between(0min, 5min);
    const double of_an_hour = price_between(5min, 1h);
    const double of_a_day = price_between(1h, 24h);
    CHECK(of_minutes < of_an_hour / 3);
    CHECK(of_an_hour < of_a_day);
    CHECK(cost(200, Age(of_a_day)) * 720 == doctest::Approx(9'800).epsilon(0.15));
  }

  TEST_CASE("ample budgets are left alone, of scarce ones the price spends what is left") {
    struct Row {
      double asks;  // an hour
      std::int64_t cap;
    };
    for (const auto& row : {Row{0, 7200},
                            Row{5, 7200},
                            Row{20, 20'000},
                            Row{100, 7200},
                            Row{100, 25'000},
                            Row{1000, 3000},
                            Row{1000, 30'000},
                            Row{1000, 45'000}}) {
      CAPTURE(row.asks);
      CAPTURE(row.cap);
      const Pacer pacer = taught(steady(row.asks), 72h);
      const Age price = pacer.price(uses_of(row.cap, 0), kStart);
      if (month_cost(steady(row.asks), Age(0)) <= static_cast<double>(row.cap)) {
        CHECK(price == Age(0));
      } else {
        CHECK(month_cost(steady(row.asks), price) ==
              doctest::Approx(static_cast<double>(row.cap)).epsilon(0.03));
      }
    }
  }

  TEST_CASE("nothing left has the highest price, nothing asked for has none") {
    const Pacer pacer = taught(steady(100), 24h);
    CHECK(pacer.price(uses_of(100, 100), kStart).count() ==
          doctest::Approx(Pacer::kMostPrice.count()));
    CHECK(pacer.price(uses_of(100, 150), kStart).count() ==
          doctest::Approx(Pacer::kMostPrice.count()));
    CHECK(pacer.price(WindowUses{}, kStart) == Age(0));
    CHECK(taught(steady(0), 24h).price(uses_of(100, 100), kStart) == Age(0));
  }

  TEST_CASE("a window that has ended asks for nothing more") {
    const Pacer pacer = taught(steady(100), 24h);
    CHECK(pacer.price(uses_of(100, 50), kMonth.end) == Age(0));
    CHECK_FALSE(pacer.forecast(month_in(uses_of(100, 50)), Age(0), kMonth.end).exhausted_at);
  }

  TEST_CASE("day and month are both asked, and the dearer wins") {
    const Pacer pacer = taught(steady(100));
    const auto month = uses_of(8000, 0);
    auto day = WindowUses{};
    day[kDay] = {{kStart, kStart + 24h}, 200, 0, 0};
    auto both = month;
    both[kDay] = day[kDay];
    const Age of_month = pacer.price(month, kStart);
    const Age of_day = pacer.price(day, kStart);
    CHECK(of_month > Age(0));
    CHECK(of_day > of_month);
    CHECK(pacer.price(both, kStart) == of_day);
    both[kDay].cap = 2000;
    CHECK(pacer.price(both, kStart) == of_month);
  }

  TEST_CASE("what is to be paid at any price is set aside") {
    struct Row {
      std::int64_t each;  // credits in each hour
      bool is_enough;
    };
    for (const auto& row : {Row{0, true}, Row{4, true}, Row{11, false}}) {
      CAPTURE(row.each);
      Pacer pacer({.safety = 0});
      for (TimePoint now = kStart - 14 * 24h; now < kStart; now += 1min) {
        pacer.note({100.0 / 60, hourly(row.each, now), {}, false, Age(0)}, now);
      }
      // Ten an hour.
      const Age price = pacer.price(uses_of(7200, 0), kStart);
      if (row.is_enough) {
        CHECK(cost(100, price) ==
              doctest::Approx(10 - static_cast<double>(row.each)).epsilon(0.05));
      } else {
        CHECK(price.count() == doctest::Approx(Pacer::kMostPrice.count()));
      }
      const auto forecast = pacer.forecast(month_in(uses_of(7200, 0)), price, kStart);
      CHECK(forecast.exhausted_at.has_value() == !row.is_enough);
    }
  }

  TEST_CASE("the evening of a spent day is not alarming to who knows the nights") {
    const Pacer pacer = taught(day_and_night, 4 * 7 * 24h);
    WindowUses uses{};
    auto& day = uses[kDay];
    const double by_night = 12 * cost(60, Age(0));
    const double by_day = 12 * cost(900, Age(0));
    // At midnight before a busy day all of it is needed ...
    day = {{kStart, kStart + 24h}, std::llround((by_night + by_day) * 1.1), 0, 0};
    CHECK(pacer.price(uses, kStart) == Age(0));
    // ... at noon the busy half is still to come, and half of it can be paid for ...
    day.spent = day.cap - std::llround(by_day / 2);
    CHECK(12 * cost(900, pacer.price(uses, kStart + 12h)) ==
          doctest::Approx(by_day / 2).epsilon(0.08));
    // ... and when it is over little is needed.
    day.window = {kStart - 12h, kStart + 12h};
    day.spent = day.cap - std::llround(by_night * 1.2);
    CHECK(pacer.price(uses, kStart) == Age(0));
  }

  TEST_CASE("a month is spent to its end, and no further") {
    struct Row {
      std::string_view name;
      Rhythm rhythm;
      std::int64_t cap;
      double factor;  // of what the model says that renewals cost
    };
    const auto falls = [](TimePoint now) { return now < kStart + days(15) ? 300.0 : 100.0; };
    const auto doubles = [](TimePoint now) { return now < kStart + days(15) ? 150.0 : 300.0; };
    for (const auto& row : {Row{"steady", steady(200), 10'000, 1},
                            Row{"day and night", day_and_night, 10'000, 1},
                            Row{"falls to a third", falls, 10'000, 1},
                            Row{"doubles", doubles, 10'000, 1},
                            Row{"cheaper than foretold", steady(200), 10'000, 0.6},
                            Row{"dearer than foretold", steady(200), 10'000, 1.6}}) {
      CAPTURE(row.name);
      Pacer pacer({});
      Age last{0};
      const auto price = [&](TimePoint now, double spent) {
        if ((now - kStart) % 30min == 0ms)
          last = pacer.price(uses_of(row.cap, std::llround(spent)), now);
        return last;
      };
      const double spent = spend(pacer, kMonth.start, kMonth.end, row.rhythm, price, row.factor);
      CHECK(spent <= static_cast<double>(row.cap));
      CHECK(spent >= 0.97 * static_cast<double>(row.cap));
    }
  }

  TEST_CASE("what renewals really cost corrects what is foretold") {
    for (const double factor : {0.5, 1.0, 2.0}) {
      CAPTURE(factor);
      Pacer pacer({.safety = 0});
      (void)spend(pacer, kStart - 14 * 24h, kStart, steady(100), ample, factor);
      const Age price = pacer.price(uses_of(7200, 0), kStart);
      CHECK(cost(100, price) * factor == doctest::Approx(10).epsilon(0.05));
      CHECK(pacer.forecast(month_in(uses_of(0, 0)), price, kStart).spent_at_end ==
            doctest::Approx(7200).epsilon(0.05));
    }
  }

  TEST_CASE("renewals that were not paid for do not make them look cheap") {
    Pacer pacer({.safety = 0});
    (void)spend(pacer, kStart - 14 * 24h, kStart - 48h, steady(100));
    for (TimePoint now = kStart - 48h; now < kStart; now += 1min)
      pacer.note({100.0 / 60, {}, {}, false, Age(0)}, now);
    CHECK(cost(100, pacer.price(uses_of(7200, 0), kStart)) == doctest::Approx(10).epsilon(0.05));
  }

  TEST_CASE("lanes have a price in common, each for what its calls cost") {
    Pacer pacer = taught(steady(200));
    const std::vector<LaneDemand> lanes{{.share = 0.8, .fresh = 60, .credits = 1},
                                        {.share = 0.2, .fresh = 300, .credits = 2}};
    pacer.set_lanes(lanes);
    const Age price = pacer.price(uses_of(7200, 0), kStart);
    CHECK(credits_of_hour(lanes, 200, price) == doctest::Approx(10).epsilon(0.05));
    pacer.set_lanes({});  // none is one
    CHECK(cost(200, pacer.price(uses_of(7200, 0), kStart)) == doctest::Approx(10).epsilon(0.05));
  }

  TEST_CASE("time that was not watched is no observation") {
    const Pacer watched = taught(steady(100), 72h);
    Pacer gaps({.safety = 0});
    for (TimePoint at = kStart - 72h; at < kStart; at += 2h)
      (void)spend(gaps, at, at + 1h, steady(100));
    const auto uses = uses_of(7200, 0);
    CHECK(gaps.price(uses, kStart).count() ==
          doctest::Approx(watched.price(uses, kStart).count()).epsilon(0.1));
  }

  TEST_CASE("a clock that jumps does no harm") {
    Pacer pacer = taught(steady(100), 72h);
    const auto uses = uses_of(7200, 0);
    const double before = pacer.price(uses, kStart).count();
    for (const auto jump : {days(30), -days(30), days(0)})
      pacer.note({2, {}, {1}, true, Age(0)}, kStart + jump);
    CHECK(pacer.price(uses, kStart).count() == doctest::Approx(before).epsilon(0.1));
  }

  TEST_CASE("what was learned is known at once when it is put back") {
    Pacer before({.safety = 0});
    for (TimePoint now = kStart - 14 * 24h; now < kStart; now += 1min) {
      before.note({day_and_night(now) / 60, hourly(3, now), {}, true, Age(0)}, now);
    }
    Pacer after({.safety = 0});
    after.restore(before.memory());
    CHECK(after.memory() == before.memory());
    const auto foretold = [](const Pacer& pacer) {
      return pacer.forecast(month_in(uses_of(0, 0)), Age(0), kStart).spent_at_end;
    };
    Pacer never({.safety = 0});
    CHECK(foretold(never) < 1);
    // What was paid in the last days is not kept: it was nothing, and is taken for what it should
    // have been.
    CHECK(foretold(after) ==
          doctest::Approx(month_cost(day_and_night, Age(0)) + 720 * 3).epsilon(0.05));
  }

  TEST_CASE("older weeks count less") {
    Pacer pacer({.safety = 0, .pattern_half_life = 1});
    (void)spend(pacer, kStart - 63 * 24h, kStart - 35 * 24h, steady(100));
    (void)spend(pacer, kStart - 35 * 24h, kStart, steady(400));
    CHECK(pacer.memory().asks.hours[0].amount == doctest::Approx(400).epsilon(0.06));
  }
}

TEST_SUITE("pacing::Pacer::stretch") {
  TEST_CASE("is a third of the time until the most asked lane owes the price") {
    Pacer pacer = taught(steady(360));
    CHECK(pacer.stretch(Age(0), kStart) == 1);
    const double seconds = seconds_to_owe(0.1, Age(10'000));
    CHECK(pacer.stretch(Age(10'000), kStart) == doctest::Approx(seconds / 3 / 60).epsilon(0.05));
    pacer.set_lanes(
        {{.share = 0.1, .fresh = 600, .credits = 9}, {.share = 0.9, .fresh = 30, .credits = 2}});
    CHECK(pacer.stretch(Age(10'000), kStart) ==
          doctest::Approx(seconds_to_owe(0.09, Age(20'000)) / 3 / 30).epsilon(0.05));
  }

  TEST_CASE("stays between one and its limit") {
    const Pacer pacer = taught(steady(360));
    CHECK(pacer.stretch(Age(100), kStart) == 1);  // owed before a copy is stale
    CHECK(pacer.stretch(Pacer::kMostPrice, kStart) == 10);
    Pacer one({.max_stretch = 1});
    one.restore(pacer.memory());
    CHECK(one.stretch(Pacer::kMostPrice, kStart) == 1);
    CHECK(Pacer({}).stretch(Pacer::kMostPrice, kStart) == 1);  // nobody asks
  }
}
