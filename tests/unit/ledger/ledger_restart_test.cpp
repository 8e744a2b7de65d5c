// After a restart, and for calls that were lost by one, windows are as they were.
#include <algorithm>

#include <doctest/doctest.h>

#include "ledger/ledger.hpp"
#include "ledger_spends.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::ledger;
using namespace quotecached::ledger::test;

TEST_SUITE("ledger::Ledger restart") {
  TEST_CASE("windows are put back as they were, in any order") {
    Ledger ledger = ledger_of(10, 100, 1000);
    spend(ledger, 5, kNoon - days(1));
    spend(ledger, 60, kNoon);
    const auto spends = ledger.spends(kNoon);
    for (const bool is_reversed : {false, true}) {
      CAPTURE(is_reversed);
      Ledger next(ledger.options());
      auto kept = spends;
      if (is_reversed) std::ranges::reverse(kept);
      for (const WindowSpend& spend : kept) next.restore(spend, kNoon);
      CHECK(next.uses(kNoon)[kMinute].spent == 1);
      CHECK(next.uses(kNoon)[kDay].spent == 60);
      CHECK(next.uses(kNoon)[kMonth].spent == 65);
    }
  }

  TEST_CASE("a restart in a later window starts it anew") {
    Ledger ledger = ledger_of(10, 100, 1000);
    spend(ledger, 60, kNoon);
    Ledger next = restarted(ledger, kNoon + 24h);
    CHECK(next.uses(kNoon + 24h)[kMinute].spent == 0);
    CHECK(next.uses(kNoon + 24h)[kDay].spent == 0);
    CHECK(next.uses(kNoon + 24h)[kMonth].spent == 60);
  }

  TEST_CASE("a clock that stepped back while nobody looked gives nothing back") {
    Ledger ledger = ledger_of(10, 100, 1000);
    spend(ledger, 60, kNoon);
    Ledger next(ledger.options());
    for (const WindowSpend& spend : ledger.spends(kNoon)) next.restore(spend, kNoon - days(2));
    CHECK(next.uses(kNoon - days(2))[kDay].spent == 60);
  }

  TEST_CASE("months of kept rows leave only what matters") {
    Ledger ledger = ledger_of(10, 100, 1000);
    for (int i = 120; i >= 0; --i) {
      const TimePoint time = kNoon - days(i);
      ledger.restore({WindowKind::Day, day_of(time), 10 + i}, kNoon);
      ledger.restore({WindowKind::Month, month_of(time), 200}, kNoon);
    }
    CHECK(ledger.uses(kNoon)[kDay].spent == 10);
    CHECK(ledger.uses(kNoon)[kMonth].spent == 200);
    CHECK(ledger.spends(kNoon).size() < 10);
  }

  TEST_CASE("of more later windows than are kept none loses what it spent") {
    Ledger ledger = ledger_of(10, 100, 1000);
    for (int i = 1; i <= 10; ++i)
      ledger.restore({WindowKind::Day, day_of(kNoon + days(i)), i == 1 ? 90 : i}, kNoon);
    CHECK(ledger.uses(kNoon)[kDay].spent == 90);
    CHECK(ledger.spends(kNoon).size() < 10);
  }

  TEST_CASE("a lost call counts where it may have been billed") {
    struct Row {
      const char* name;
      TimePoint started, now;
      std::int64_t minute, day, month;
    };
    const TimePoint december = on(2026y / 12 / 1);
    const Row rows[] = {
        {"just now", kNoon, kNoon + 2s, 1, 7, 7},
        {"a minute ago", kNoon - 1min, kNoon, 1, 7, 7},
        {"two hours ago", kNoon - 2h, kNoon, 0, 7, 7},
        {"yesterday at noon", kNoon - 24h, kNoon, 0, 0, 7},
        {"just before midnight", december - 5s, december + 5s, 1, 7, 7},
        {"before midnight, long ago", december - 5s, december + 3h, 0, 7, 7},
        {"an hour before midnight", december - 1h, december + 5s, 0, 0, 0},
        {"later than now", kNoon + 5s, kNoon, 1, 7, 7},
        {"a day later than now", kNoon + 24h, kNoon, 1, 7, 7},
        {"a year later than now", kNoon + days(365), kNoon, 1, 7, 7},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      Ledger ledger = ledger_of(10, 100, 1000);
      ledger.restore_lost({7}, row.started, row.now);
      const WindowUses uses = ledger.uses(row.now);
      CHECK(uses[kMinute].spent == row.minute);
      CHECK(uses[kDay].spent == row.day);
      CHECK(uses[kMonth].spent == row.month);
      CHECK(uses[kDay].held == 0);
    }
  }

  TEST_CASE("a lost call adds to what its window had spent") {
    Ledger ledger = ledger_of(10, 100, 1000);
    spend(ledger, 60, kNoon);
    held(ledger, 30, kNoon);
    Ledger next = restarted(ledger, kNoon + 2s);
    next.restore_lost({30}, kNoon, kNoon + 2s);
    CHECK(next.uses(kNoon + 2s)[kDay].spent == 90);
    CHECK(next.uses(kNoon + 2s)[kMinute].spent == 2);
  }

  TEST_CASE("a lost call counts in the window of its start, should the clock come there") {
    Ledger ledger = ledger_of(10, 100, 1000);
    ledger.restore_lost({7}, kNoon + 24h, kNoon);
    CHECK(ledger.uses(on(2026y / 11 / 11, 1h))[kDay].spent == 7);
  }

  TEST_CASE("a lost call counts in later windows that the clock has seen") {
    Ledger ledger = ledger_of(10, 100, 1000);
    spend(ledger, 40, kNoon + days(365));
    Ledger next = restarted(ledger, kNoon);
    next.restore_lost({7}, kNoon - 5s, kNoon);
    CHECK(next.uses(kNoon)[kDay].spent == 47);
    CHECK(next.uses(on(2026y / 11 / 11))[kDay].spent == 47);
  }
}
