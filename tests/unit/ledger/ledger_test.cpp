#include "ledger/ledger.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::ledger;

namespace {

constexpr TimePoint on(year_month_day date, milliseconds time_of_day = 0ms) {
  return TimePoint(sys_days(date).time_since_epoch() + time_of_day);
}

constexpr TimePoint kNoon = on(2026y / 11 / 10, 12h + 20s);

constexpr std::size_t kMinute = static_cast<std::size_t>(WindowKind::Minute);
constexpr std::size_t kDay = static_cast<std::size_t>(WindowKind::Day);
constexpr std::size_t kMonth = static_cast<std::size_t>(WindowKind::Month);

Ledger ledger_of(std::int64_t per_minute, std::int64_t per_day, std::int64_t per_month) {
  Ledger::Options options;
  options.caps = {per_minute, {per_day}, {per_month}};
  return Ledger(options);
}

Ledger::HoldId held(Ledger& ledger, std::int64_t credits, TimePoint now) {
  const auto hold = ledger.hold({credits}, Purpose::Miss, now);
  REQUIRE(hold);
  return *hold;
}

// A call that costs what was held.
void spend(Ledger& ledger, std::int64_t credits, TimePoint now) {
  ledger.settle(held(ledger, credits, now), {credits}, now);
}

// The clock comes to `now`.
void look(Ledger& ledger, TimePoint now) { static_cast<void>(ledger.uses(now)); }

bool fits(Ledger& ledger, std::int64_t credits, TimePoint now, Purpose purpose = Purpose::Miss) {
  return !ledger.refusal({credits}, purpose, now);
}

Ledger restarted(Ledger& ledger, TimePoint now) {
  Ledger next(ledger.options());
  for (const WindowSpend& spend : ledger.spends(now)) next.restore(spend, now);
  return next;
}

}  // namespace

TEST_SUITE("ledger::Ledger") {
  TEST_CASE("a hold is set aside, and settled with what the call cost") {
    Ledger ledger = ledger_of(30, 100, 1000);
    const auto hold = held(ledger, 10, kNoon);
    WindowUses uses = ledger.uses(kNoon);
    CHECK(uses[kMinute].held == 1);
    CHECK(uses[kMinute].left() == 29);
    CHECK(uses[kDay].held == 10);
    CHECK(uses[kDay].spent == 0);
    CHECK(uses[kDay].left() == 90);
    CHECK(uses[kDay].window == Window{on(2026y / 11 / 10), on(2026y / 11 / 11)});
    CHECK(uses[kMonth].left() == 990);
    CHECK(ledger.holds() == 1);

    ledger.settle(hold, {3}, kNoon + 1s);
    uses = ledger.uses(kNoon + 1s);
    CHECK(uses[kMinute].spent == 1);
    CHECK(uses[kMinute].held == 0);
    CHECK(uses[kDay].spent == 3);
    CHECK(uses[kDay].held == 0);
    CHECK(uses[kMonth].spent == 3);
    CHECK(ledger.holds() == 0);
  }

  TEST_CASE("a charge above what was held is booked all the same, and left is never negative") {
    Ledger ledger = ledger_of(0, 10, 0);
    ledger.settle(held(ledger, 10, kNoon), {14}, kNoon);
    CHECK(ledger.uses(kNoon)[kDay].spent == 14);
    CHECK(ledger.uses(kNoon)[kDay].left() == 0);
    CHECK_FALSE(fits(ledger, 1, kNoon));
  }

  TEST_CASE("a release gives all back, the request too") {
    Ledger ledger = ledger_of(1, 10, 10);
    const auto hold = held(ledger, 10, kNoon);
    CHECK_FALSE(fits(ledger, 0, kNoon));
    ledger.release(hold, kNoon + 1s);
    CHECK(fits(ledger, 10, kNoon + 1s));
    CHECK(ledger.uses(kNoon + 1s)[kMinute].spent == 0);
  }

  TEST_CASE("exactly the cap may be spent, in each window") {
    struct Row {
      const char* name;
      std::int64_t per_minute, per_day, per_month;
      WindowKind refused;
      TimePoint until;
    };
    const Row rows[] = {
        {"minute", 3, 0, 0, WindowKind::Minute, on(2026y / 11 / 10, 12h + 1min)},
        {"day", 0, 3, 0, WindowKind::Day, on(2026y / 11 / 11)},
        {"month", 0, 0, 3, WindowKind::Month, on(2026y / 12 / 1)},
        // The others have room as soon as the call under way costs less than it might.
        {"minute and day", 3, 3, 0, WindowKind::Minute, on(2026y / 11 / 10, 12h + 1min)},
        {"all", 3, 3, 3, WindowKind::Minute, on(2026y / 11 / 10, 12h + 1min)},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      Ledger ledger = ledger_of(row.per_minute, row.per_day, row.per_month);
      spend(ledger, 1, kNoon);
      spend(ledger, 1, kNoon);
      held(ledger, 1, kNoon);
      const auto refused = ledger.hold({1}, Purpose::Miss, kNoon);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().window == row.refused);
      CHECK(refused.error().until == row.until);
      CHECK_FALSE(refused.error().is_reserve);
      CHECK(refused.error().is_held == (row.refused != WindowKind::Minute));
      CHECK(ledger.holds() == 1);
      CHECK_FALSE(fits(ledger, 1, row.until - 1ms));
    }
  }

  TEST_CASE("a window of which all is spent opens when it ends") {
    Ledger ledger = ledger_of(2, 3, 5);
    spend(ledger, 1, kNoon);
    spend(ledger, 1, kNoon);
    CHECK_FALSE(fits(ledger, 1, on(2026y / 11 / 10, 12h + 1min - 1ms)));
    spend(ledger, 1, on(2026y / 11 / 10, 12h + 1min));
    CHECK_FALSE(fits(ledger, 1, on(2026y / 11 / 10, 24h - 1ms)));
    spend(ledger, 2, on(2026y / 11 / 11));
    CHECK_FALSE(fits(ledger, 1, on(2026y / 11 / 30, 24h - 1ms)));
    CHECK(fits(ledger, 3, on(2026y / 12 / 1)));
  }

  TEST_CASE("without caps nothing is refused, and all is counted") {
    Ledger ledger = ledger_of(0, 0, 0);
    for (int i = 0; i < 1000; ++i) spend(ledger, 1000, kNoon);
    CHECK(ledger.uses(kNoon)[kMinute].spent == 1000);
    CHECK(ledger.uses(kNoon)[kMonth].spent == 1'000'000);
    CHECK(ledger.uses(kNoon)[kMonth].cap == 0);
  }

  TEST_CASE("a call that costs nothing needs room in the minute only") {
    Ledger ledger = ledger_of(2, 5, 5);
    ledger.settle(held(ledger, 5, kNoon), {9}, kNoon);
    CHECK(fits(ledger, 0, kNoon));
    spend(ledger, 0, kNoon);
    CHECK_FALSE(fits(ledger, 0, kNoon));
  }

  TEST_CASE("a reserve is left to those who wait") {
    struct Row {
      const char* name;
      Purpose purpose;
      std::int64_t per_minute, per_day, per_month;
      std::int64_t granted;
    };
    const Row rows[] = {
        {"miss", Purpose::Miss, 10, 0, 0, 10},
        {"refresh in the minute", Purpose::Refresh, 10, 0, 0, 8},
        {"ahead in the minute", Purpose::Ahead, 10, 0, 0, 8},
        {"refresh in the day", Purpose::Refresh, 0, 10, 0, 10},
        {"ahead in the day", Purpose::Ahead, 0, 10, 0, 8},
        {"refresh in the month", Purpose::Refresh, 0, 0, 10, 10},
        {"ahead in the month", Purpose::Ahead, 0, 0, 10, 8},
        {"of a cap that does not divide", Purpose::Ahead, 0, 0, 7, 5},
        {"of a cap of one", Purpose::Ahead, 0, 1, 0, 0},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      Ledger ledger = ledger_of(row.per_minute, row.per_day, row.per_month);
      for (std::int64_t i = 0; i < row.granted; ++i) REQUIRE(ledger.hold({1}, row.purpose, kNoon));
      const auto refused = ledger.hold({1}, row.purpose, kNoon);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().is_reserve == (row.purpose != Purpose::Miss && fits(ledger, 1, kNoon)));
    }
  }

  TEST_CASE("a reserve that is a whole number of credits is no more than that") {
    for (const double reserve : {0.1, 0.2, 0.3, 0.6, 0.7, 0.9}) {
      CAPTURE(reserve);
      Ledger::Options options;
      options.caps.per_day = {10};
      options.foreground_reserve = reserve;
      Ledger ledger(options);
      const auto ahead = std::int64_t{10} - static_cast<std::int64_t>(reserve * 10 + 0.5);
      CHECK(fits(ledger, ahead, kNoon, Purpose::Ahead));
      CHECK_FALSE(fits(ledger, ahead + 1, kNoon, Purpose::Ahead));
    }
  }

  TEST_CASE("asking what would be refused changes nothing") {
    Ledger ledger = ledger_of(10, 10, 10);
    for (int i = 0; i < 50; ++i) CHECK(fits(ledger, 10, kNoon));
    const auto refused = ledger.refusal({11}, Purpose::Miss, kNoon);
    REQUIRE(refused);
    CHECK(refused->window == WindowKind::Month);
    CHECK(ledger.holds() == 0);
    CHECK(ledger.uses(kNoon)[kMinute].left() == 10);
  }
}

TEST_SUITE("ledger::Ledger turns") {
  TEST_CASE("a hold that is open when windows turn counts in the old and in the new ones") {
    Ledger ledger = ledger_of(5, 100, 1000);
    const TimePoint before = on(2026y / 11 / 30, 24h - 5s);
    const TimePoint after = on(2026y / 12 / 1, 5s);
    spend(ledger, 50, before - 2min);
    const auto hold = held(ledger, 10, before);
    CHECK(ledger.uses(after)[kMinute].left() == 4);
    CHECK(ledger.uses(after)[kDay].left() == 90);
    CHECK(ledger.uses(after)[kMonth].left() == 990);
    ledger.settle(hold, {7}, after);
    CHECK(ledger.uses(after)[kMinute].spent == 1);
    CHECK(ledger.uses(after)[kDay].spent == 7);
    CHECK(ledger.uses(after)[kMonth].spent == 7);
    // A clock that steps back finds the charge in the old ones.
    CHECK(ledger.uses(before)[kDay].spent == 57);
    CHECK(ledger.uses(before)[kMonth].spent == 57);
  }

  TEST_CASE("what was settled before the turn is left behind") {
    Ledger ledger = ledger_of(5, 100, 1000);
    spend(ledger, 60, on(2026y / 11 / 30, 24h - 5s));
    const WindowUses uses = ledger.uses(on(2026y / 12 / 1));
    for (const WindowUse& use : uses) {
      CHECK(use.spent == 0);
      CHECK(use.left() == use.cap);
    }
  }

  TEST_CASE("windows turn at the billing anchor") {
    Ledger::Options options;
    options.caps = {0, {10}, {100}};
    options.anchor = {31, 12h};
    Ledger ledger(options);
    spend(ledger, 10, on(2027y / 2 / 28, 12h - 1ms));
    CHECK_FALSE(fits(ledger, 1, on(2027y / 2 / 28, 12h - 1ms)));
    CHECK(fits(ledger, 10, on(2027y / 2 / 28, 12h)));
    const WindowUse month = ledger.uses(on(2027y / 2 / 28, 12h))[kMonth];
    CHECK(month.spent == 0);
    CHECK(month.window.end == on(2027y / 3 / 31, 12h));
  }
}

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
