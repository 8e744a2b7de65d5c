#include "pacing/tick.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::pacing;

namespace {

constexpr TimePoint kMinute = std::chrono::sys_days(std::chrono::year(2026) / 11 / 2);

// Answers asked for at each `step`, of a provider that renews its data each minute and serves it so
// much later.
TickClock seen(milliseconds late, int answers, milliseconds step = 17s) {
  TickClock clock;
  for (int i = 0; i < answers; ++i) {
    const TimePoint at = kMinute + i * step;
    clock.note(at, std::chrono::floor<std::chrono::minutes>(at - late));
  }
  return clock;
}

constexpr TickClock::Tick kMinutely{60s, 20s, 22s};

}  // namespace

TEST_SUITE("pacing::TickClock") {
  TEST_CASE("a tick is told once enough answers show it") {
    CHECK_FALSE(seen(50s, 7).tick());
    const auto tick = seen(50s, 32).tick();
    REQUIRE(tick);
    CHECK(tick->period == 60s);
    // Of a handful of answers, a few seconds are not known.
    CHECK(tick->earliest >= 49s);
    CHECK(tick->latest >= 49s);
    CHECK(tick->latest <= 55s);
  }

  TEST_CASE("answers that say nothing of the turn are passed over") {
    struct Row {
      const char* name;
      milliseconds age;
    };
    for (const Row& row : {Row{"older than an hour", 1h + 1ms}, Row{"from the future", -2001ms}}) {
      CAPTURE(row.name);
      TickClock clock;
      for (int i = 0; i < 32; ++i) {
        const TimePoint data_at = kMinute + i * 60s;
        clock.note(data_at + row.age, data_at);
      }
      CHECK_FALSE(clock.tick());
    }
  }

  TEST_CASE("a provider whose times jump has no tick") {
    TickClock clock;
    for (int i = 0; i < 32; ++i) {
      const TimePoint at = kMinute + i * 17s;
      const milliseconds late = i % 3 == 0 ? 30min : 50s;
      clock.note(at, std::chrono::floor<std::chrono::minutes>(at - late));
    }
    CHECK_FALSE(clock.tick());
  }
}

TEST_SUITE("pacing::fresh_until") {
  TEST_CASE("a copy is fresh until just after the last turn within its freshness") {
    struct Row {
      const char* name;
      milliseconds asked;  // after the data's time
      milliseconds fresh;
      milliseconds until;  // likewise
    };
    for (const Row& row : {
             Row{"just served", 23s, 60s, 83s},
             Row{"late in its turn", 80s, 60s, 83s},
             Row{"as it turns", 82s, 60s, 143s},
             Row{"for longer", 23s, 300s, 323s},
             Row{"for less than a turn", 23s, 30s, 83s},
             Row{"data that stands still", 10min + 30s, 60s, 11min + 23s},
         }) {
      CAPTURE(row.name);
      CHECK(fresh_until(kMinutely, kMinute + row.asked, kMinute, row.fresh) == kMinute + row.until);
    }
  }

  TEST_CASE("what the data says never makes a copy fresh for longer than it may be") {
    const milliseconds times[] = {-24h * 400, -60s, 0s, 1s, 2s, 61s, 10min, 24h, 24h * 365 * 70};
    for (const milliseconds data : times) {
      for (const milliseconds fresh : {30s, 60s, 300s}) {
        CAPTURE(data.count());
        CAPTURE(fresh.count());
        const auto until = fresh_until(kMinutely, kMinute, kMinute + data, fresh);
        CHECK(until > kMinute);
        CHECK(until <= kMinute + std::max<milliseconds>(fresh + 2s, 60s + 22s + 3s));
      }
    }
  }
}
