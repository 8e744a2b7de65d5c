// Whatever the clock does, nothing that was spent is forgotten before its time.
#include <doctest/doctest.h>

#include "ledger/ledger.hpp"
#include "ledger_spends.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::ledger;
using namespace quotecached::ledger::test;

namespace {

// The clock comes to `now`.
void look(Ledger& ledger, TimePoint now) { static_cast<void>(ledger.uses(now)); }

}  // namespace

TEST_SUITE("ledger::Ledger clock") {
  TEST_CASE("a clock that steps back gives nothing back") {
    struct Row {
      const char* name;
      milliseconds by;
    };
    const Row rows[] = {{"a second", 1s},
                        {"a minute", 1min},
                        {"a day", 24h},
                        {"three days", 72h},
                        {"a month", days(31)},
                        {"years", days(3650)}};
    for (const Row& row : rows) {
      CAPTURE(row.name);
      Ledger ledger = ledger_of(10, 100, 1000);
      spend(ledger, 60, kNoon);
      const auto hold = held(ledger, 20, kNoon);
      const TimePoint back = kNoon - row.by;
      CHECK(ledger.uses(back)[kMinute].left() == 8);
      CHECK(ledger.uses(back)[kDay].left() == 20);
      CHECK(ledger.uses(back)[kMonth].left() == 920);
      ledger.settle(hold, {20}, back);
      CHECK(ledger.uses(back)[kDay].left() == 20);
      // What is spent meanwhile counts in the later windows too.
      spend(ledger, 15, back);
      CHECK(ledger.uses(kNoon)[kDay].spent == 95);
      CHECK(ledger.uses(kNoon)[kMonth].spent == 95);
    }
  }

  TEST_CASE("a clock that steps back into a known window finds what was spent in both") {
    Ledger ledger = ledger_of(0, 200, 0);
    spend(ledger, 70, kNoon);
    spend(ledger, 30, kNoon + 24h);
    CHECK(ledger.uses(kNoon)[kDay].spent == 100);
    CHECK(ledger.uses(kNoon + 24h)[kDay].spent == 30);
    spend(ledger, 60, kNoon + 24h);
    CHECK(ledger.uses(kNoon)[kDay].spent == 160);
    CHECK(ledger.uses(kNoon)[kDay].spent == 160);
  }

  TEST_CASE("calls made while the clock was ahead count when it comes back") {
    struct Row {
      const char* name;
      milliseconds by;
    };
    const Row rows[] = {{"a minute", 1min}, {"an hour", 1h}, {"a day", 24h}, {"a month", 744h}};
    for (const Row& row : rows) {
      for (const bool is_restarted : {false, true}) {
        CAPTURE(row.name);
        CAPTURE(is_restarted);
        Ledger ledger = ledger_of(20, 0, 0);
        for (int i = 0; i < 19; ++i) spend(ledger, 1, kNoon);
        const auto hold = held(ledger, 1, kNoon + row.by);
        ledger.settle(hold, {1}, kNoon + row.by);
        // Rows of windows that have been over for long are not written any more.
        if (is_restarted && row.by > 59min) continue;
        Ledger next = is_restarted ? restarted(ledger, kNoon + row.by) : std::move(ledger);
        CHECK(next.uses(kNoon + 1s)[kMinute].spent == 20);
        CHECK_FALSE(next.hold({1}, Purpose::Miss, kNoon + 1s));
        // The minute over, nothing is left of it.
        CHECK(next.hold({1}, Purpose::Miss, kNoon + 2min + row.by));
      }
    }
  }

  TEST_CASE("several minutes seen ahead count each") {
    Ledger ledger = ledger_of(20, 0, 0);
    for (int i = 0; i < 17; ++i) spend(ledger, 1, kNoon);
    for (const auto ahead : {10min, 5min, 20min}) spend(ledger, 1, kNoon + ahead);
    CHECK_FALSE(ledger.hold({1}, Purpose::Miss, kNoon + 1s));
  }

  TEST_CASE("a later window is forgotten when as much time as it lasts has passed") {
    Ledger ledger = ledger_of(0, 100, 0);
    spend(ledger, 40, kNoon + days(365));
    spend(ledger, 10, kNoon);
    CHECK(ledger.uses(kNoon)[kDay].spent == 50);
    // Midnight comes, but the day that was seen later may still last.
    CHECK(ledger.uses(kNoon + 23h)[kDay].spent == 50);
    CHECK(ledger.uses(kNoon + 36h)[kDay].spent == 0);
    CHECK(ledger.uses(kNoon + days(365))[kDay].spent == 0);
  }

  TEST_CASE("a later window that the clock came to is waited for anew") {
    Ledger ledger = ledger_of(0, 100, 0);
    const TimePoint midnight = on(2026y / 11 / 11);
    spend(ledger, 40, midnight + 12h);
    look(ledger, midnight - 12h);
    look(ledger, midnight - 1ms);
    CHECK(ledger.uses(midnight)[kDay].spent == 40);
    look(ledger, midnight - 23h);
    look(ledger, midnight - 1h);
    CHECK(ledger.uses(midnight)[kDay].spent == 40);
  }

  TEST_CASE("a forgotten window does not come back after a restart") {
    Ledger ledger = ledger_of(0, 100, 0);
    const TimePoint glitch = kNoon + days(365);
    spend(ledger, 40, glitch);
    look(ledger, kNoon);
    Ledger early = restarted(ledger, kNoon);
    CHECK(early.uses(kNoon)[kDay].spent == 40);

    look(ledger, kNoon + 48h);
    bool is_told = false;
    for (const WindowSpend& spend : ledger.spends(kNoon + 48h)) {
      if (spend.kind != WindowKind::Day || !contains(spend.window, glitch)) continue;
      is_told = true;
      CHECK(spend.spent == 0);
    }
    CHECK(is_told);
    Ledger late = restarted(ledger, kNoon + 48h);
    CHECK(late.uses(kNoon + 48h)[kDay].spent == 0);
    spend(late, 10, kNoon + 48h);
    CHECK(late.uses(kNoon + 60h)[kDay].spent == 0);
  }

  TEST_CASE("a clock that jumps about does not pile up windows") {
    Ledger ledger = ledger_of(10, 100, 100);
    for (int i = 0; i < 200; ++i) look(ledger, kNoon - days(40 * i));
    CHECK(ledger.spends(kNoon - days(8000)).size() < 30);
    for (int i = 0; i < 200; ++i) look(ledger, kNoon + days(40 * (i % 7)) - days(3 * i));
    CHECK(ledger.spends(kNoon).size() < 30);
  }

  TEST_CASE("steps back without end forget nothing that was spent") {
    Ledger ledger = ledger_of(0, 100, 0);
    spend(ledger, 90, kNoon);
    for (int i = 1; i < 20; ++i) CHECK(ledger.uses(kNoon - days(i))[kDay].spent == 90);
  }
}
