#include "pacing/tick.hpp"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::pacing;

namespace {

constexpr TimePoint kStart{std::chrono::seconds(1'790'000'040)};  // a whole minute

// A provider whose data of each minute is there `late` after its own time.
struct Provider {
  milliseconds late{45000};
  milliseconds period{60000};

  [[nodiscard]] TimePoint data_at(TimePoint now) const {
    return TimePoint((now.time_since_epoch() - late) / period * period);
  }
};

struct Bed {
  TickClock clock;
  Provider provider;
  TimePoint now = kStart;

  // Asks the provider; returns until when what it brought is fresh.
  TimePoint ask(milliseconds fresh = 60s) {
    const auto data_at = provider.data_at(now);
    const auto tick = clock.tick();
    clock.note(now, data_at);
    return tick ? fresh_until(*tick, now, data_at, fresh) : now + fresh;
  }
  // So often, whenever the copy ends. Returns how often the same data came again.
  int renew(int times) {
    int again = 0;
    auto last = TimePoint{};
    for (int i = 0; i < times; ++i) {
      const auto end = ask();
      if (provider.data_at(now) == last) ++again;
      last = provider.data_at(now);
      now = end;
    }
    return again;
  }
  // At moments that have nothing to do with the turns.
  void ask_at_any_time(int times) {
    for (int i = 0; i < times; ++i) {
      (void)ask();
      now += 67s;
    }
  }
};

}  // namespace

TEST_SUITE("pacing::TickClock") {
  TEST_CASE("what answers say tells how often data turns over") {
    struct Row {
      const char* name;
      milliseconds period;
      milliseconds found;
    };
    for (const auto& row : {Row{"five minutes", 5min, 5min},
                            Row{"a minute", 60s, 60s},
                            Row{"half a minute", 30s, 30s},
                            Row{"ten seconds", 10s, 10s},
                            Row{"at any moment", 1ms, 0ms},
                            Row{"each seven seconds", 7s, 0ms}}) {
      CAPTURE(row.name);
      Bed bed;
      bed.provider.period = row.period;
      bed.ask_at_any_time(60);
      const auto tick = bed.clock.tick();
      CHECK((tick ? tick->period : 0ms) == row.found);
    }
  }

  TEST_CASE("too few answers, or of too few turns, tell nothing") {
    Bed bed;
    bed.ask_at_any_time(7);
    CHECK_FALSE(bed.clock.tick());
    bed.ask_at_any_time(1);
    CHECK(bed.clock.tick());
    Bed still;
    for (int i = 0; i < 30; ++i) still.clock.note(kStart + i * 67s, kStart);
    CHECK_FALSE(still.clock.tick());
  }

  TEST_CASE("what is older than an hour or from the future says nothing") {
    Bed bed;
    bed.ask_at_any_time(20);
    const auto before = bed.clock.tick();
    REQUIRE(before);
    for (int i = 0; i < 30; ++i) {
      bed.clock.note(bed.now, bed.now - 1h - 1ms);
      bed.clock.note(bed.now, bed.now + 2001ms);
    }
    const auto after = bed.clock.tick();
    REQUIRE(after);
    CHECK(after->due == before->due);
  }

  TEST_CASE("coins that lag behind the others do not hide the turn") {
    Bed bed;
    for (int i = 0; i < 60; ++i) {
      bed.clock.note(bed.now - 1s, bed.provider.data_at(bed.now) - 180s);
      (void)bed.ask();
      bed.now += 67s;
    }
    REQUIRE(bed.clock.tick());
    CHECK(bed.clock.tick()->due <= 49s);
  }

  TEST_CASE("a provider that stands still for a while teaches nothing") {
    Bed bed;
    bed.renew(60);
    const auto before = bed.clock.tick();
    REQUIRE(before);
    const auto stood_at = bed.provider.data_at(bed.now);
    for (int i = 0; i < 10; ++i) bed.clock.note(stood_at + 5min + i * 60s, stood_at);
    bed.now += 20min;
    bed.renew(1);
    REQUIRE(bed.clock.tick());
    CHECK(bed.clock.tick()->due <= before->due + 1s);
  }

  TEST_CASE("the turn is found by calls that are made anyway") {
    for (const milliseconds late : {0s, 45s, 59s, 75s, 100s}) {
      CAPTURE(late.count());
      Bed bed;
      bed.provider.late = late;
      bed.now += 13s;
      // Each minute at the same moment: by themselves they would never come near it.
      CHECK(bed.renew(40) <= 4);
      const auto tick = bed.clock.tick();
      REQUIRE(tick);
      CHECK(tick->served >= late);
      CHECK(tick->served <= late + 3s);
      CHECK(tick->due <= late + 4s);
      // And stays found, for a call more in a hundred.
      CHECK(bed.renew(1000) <= 10);
      CHECK(bed.clock.tick()->due > late);
      CHECK(bed.clock.tick()->due <= late + 4s);
    }
  }

  TEST_CASE("a lateness that changes is followed") {
    for (const milliseconds late : {42s, 55s, 62s}) {
      CAPTURE(late.count());
      Bed bed;
      bed.renew(60);
      bed.provider.late = late;
      bed.renew(400);
      const auto tick = bed.clock.tick();
      REQUIRE(tick);
      CHECK(tick->due > late);
      CHECK(tick->due <= late + 4s);
    }
  }

  TEST_CASE("one that is late once is soon forgotten") {
    Bed bed;
    bed.renew(60);
    bed.provider.late = 60s;
    bed.renew(3);
    bed.provider.late = 45s;
    bed.renew(12);
    const auto tick = bed.clock.tick();
    REQUIRE(tick);
    CHECK(tick->due <= 49s);
  }

  TEST_CASE("data that is late too unevenly has no turns that can be told") {
    Bed bed;
    for (int i = 0; i < 40; ++i) {
      bed.provider.late = i % 2 == 0 ? 30s : 85s;
      (void)bed.ask();
      bed.now += 67s;
    }
    CHECK_FALSE(bed.clock.tick());
  }

  TEST_CASE("a copy is fresh to the last turn within its freshness, to the next one at least") {
    const TickClock::Tick tick{60s, 45s, 46s};
    struct Row {
      const char* name;
      milliseconds asked;  // after the data's own time
      milliseconds fresh;
      milliseconds until;
    };
    for (const auto& row : {Row{"just after the turn", 46s, 60s, 106s},
                            Row{"late in the tick", 100s, 60s, 106s},
                            Row{"for half of the time", 46s, 30s, 106s},
                            Row{"for two turns", 46s, 120s, 166s},
                            Row{"for nearly two", 60s, 100s, 106s},
                            Row{"a moment short of two", 46s, 118s, 166s},
                            // It should have turned over a second before, and had not.
                            Row{"at the turn", 105s, 60s, 106s},
                            Row{"late", 109s, 60s, 113s},
                            Row{"later", 113s, 60s, 121s},
                            Row{"very late", 180s, 60s, 240s}}) {
      CAPTURE(row.name);
      CHECK(fresh_until(tick, kStart + row.asked, kStart, row.fresh) == kStart + row.until);
    }
  }

  TEST_CASE("what was asked for too early is asked for again when it was there before") {
    const TickClock::Tick tick{60s, 75s, 60s};  // it is tried whether it is there sooner
    CHECK(fresh_until(tick, kStart + 120s, kStart, 60s) == kStart + 135s);
  }

  TEST_CASE("tells what a call is to bring, and by how much younger that is") {
    const TickClock::Tick tick{60s, 45s, 46s};
    CHECK(data_due(tick, kStart + 45999ms) == kStart - 60s);
    CHECK(data_due(tick, kStart + 46s) == kStart);
    CHECK(behind(tick, kStart, kStart + 105999ms) == 0ms);
    CHECK(behind(tick, kStart, kStart + 106s) == 60s);
    CHECK(behind(tick, kStart, kStart + 226s) == 180s);
    CHECK(behind(tick, kStart, kStart - 1h) == 0ms);
  }

  TEST_CASE("what the data says never makes a copy fresh for longer than it may be") {
    const TickClock::Tick tick{60s, 20s, 38s};  // of which little is known
    const milliseconds times[] = {-24h * 400, -60s, 0s, 1s, 2s, 61s, 10min, 24h, 24h * 365 * 70};
    for (const milliseconds data : times) {
      for (const milliseconds fresh : {30s, 60s, 300s}) {
        CAPTURE(data.count());
        CAPTURE(fresh.count());
        const auto until = fresh_until(tick, kStart, kStart + data, fresh);
        CHECK(until > kStart);
        CHECK(until <= kStart + std::max<milliseconds>(fresh, 60s) + 2s);
      }
    }
  }
}
