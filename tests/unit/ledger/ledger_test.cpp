// Credits are held, settled and given back, and no window is passed; windows turn.
#include "ledger/ledger.hpp"

#include <doctest/doctest.h>

#include "ledger_spends.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::ledger;
using namespace quotecached::ledger::test;

namespace {

bool fits(Ledger& ledger, std::int64_t credits, TimePoint now, Purpose purpose = Purpose::Miss) {
  return !ledger.refusal({credits}, purpose, now);
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
