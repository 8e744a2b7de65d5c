#include <array>
#include <vector>

#include <doctest/doctest.h>

#include "ledger_spends.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::ledger;
using namespace quotecached::ledger::test;

namespace {

Ledger ledger_of(std::int64_t per_day, std::int64_t per_month) {
  Ledger::Options options;
  options.caps = {50, {per_day}, {per_month}};
  return Ledger(options);
}

ProviderUse told(std::int64_t today, std::int64_t this_month) {
  return {.requests_this_minute = {},
          .credits_today = Credits{today},
          .credits_this_month = Credits{this_month}};
}

}  // namespace

TEST_SUITE("ledger::Ledger reconciliation") {
  TEST_CASE("the provider's count is taken as far as it can be known to be right") {
    struct Row {
      const char* name;
      std::int64_t before;  // settled an hour before it was asked
      std::int64_t lately;  // settled within a minute before
      std::int64_t theirs;
      std::int64_t spent;
      std::int64_t drift;
    };
    const Row rows[] = {
        {"the same", 50, 5, 55, 55, 0},
        {"higher", 50, 5, 70, 70, 15},
        {"lower by what it may not have counted", 50, 5, 50, 55, 0},
        {"lower by a part of it", 50, 5, 52, 55, 0},
        {"lower by more", 50, 5, 40, 45, -10},
        {"nothing", 50, 0, 0, 0, -50},
        {"nothing, but for what is recent", 50, 5, 0, 5, -50},
        {"above the cap", 50, 0, 200, 200, 150},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      Ledger ledger = ledger_of(100, 1000);
      spend(ledger, row.before, kNoon);
      const TimePoint asked_at = kNoon + 1h;
      if (row.lately > 0) spend(ledger, row.lately, asked_at - 30s);
      const auto drift = ledger.reconcile(told(row.theirs, row.theirs), asked_at, asked_at + 1s);
      CHECK(ledger.uses(asked_at + 1s)[kDay].spent == row.spent);
      CHECK(ledger.uses(asked_at + 1s)[kMonth].spent == row.spent);
      CHECK(drift[kDay] == row.drift);
      CHECK(drift[kMonth] == row.drift);
      CHECK(drift[kMinute] == 0);
    }
  }

  TEST_CASE("a higher count soon after the turn may be of the window before") {
    Ledger ledger = ledger_of(100, 1000);
    const TimePoint turn = on(2026y / 11 / 11);
    spend(ledger, 5, turn + 1min);
    auto drift = ledger.reconcile(told(90, 90), turn + 4min, turn + 4min);
    CHECK(ledger.uses(turn + 4min)[kDay].spent == 5);
    CHECK(drift[kDay] == 0);
    // The month has gone on for ten days.
    CHECK(ledger.uses(turn + 4min)[kMonth].spent == 90);
    drift = ledger.reconcile(told(90, 90), turn + 5min, turn + 5min);
    CHECK(ledger.uses(turn + 5min)[kDay].spent == 90);
    CHECK(drift[kDay] == 85);
  }

  TEST_CASE("what is settled after it was asked for is not given back") {
    Ledger ledger = ledger_of(100, 1000);
    spend(ledger, 50, kNoon);
    const TimePoint asked_at = kNoon + 1h;
    spend(ledger, 20, asked_at + 1s);
    const auto drift = ledger.reconcile(told(50, 50), asked_at, asked_at + 2s);
    CHECK(ledger.uses(asked_at + 2s)[kDay].spent == 70);
    CHECK(drift[kDay] == 0);
  }

  TEST_CASE("calls in flight are not taken for drift, and stay held") {
    Ledger ledger = ledger_of(100, 1000);
    spend(ledger, 50, kNoon);
    const TimePoint asked_at = kNoon + 1h;
    held(ledger, 10, asked_at);
    CHECK(ledger.reconcile(told(58, 58), asked_at, asked_at)[kDay] == 0);
    CHECK(ledger.uses(asked_at)[kDay].spent == 58);
    CHECK(ledger.uses(asked_at)[kDay].held == 10);
    CHECK(ledger.reconcile(told(70, 70), asked_at, asked_at)[kDay] == 2);
  }

  TEST_CASE("a window that the provider says nothing of is left alone") {
    Ledger ledger = ledger_of(100, 1000);
    spend(ledger, 50, kNoon);
    ProviderUse month_only;
    month_only.credits_this_month = Credits{80};
    const TimePoint asked_at = kNoon + 1h;
    const auto drift = ledger.reconcile(month_only, asked_at, asked_at);
    CHECK(drift[kDay] == 0);
    CHECK(drift[kMonth] == 30);
    CHECK(ledger.uses(asked_at)[kDay].spent == 50);
    CHECK(ledger.uses(asked_at)[kMonth].spent == 80);
  }

  TEST_CASE("requests of others in the minute are counted") {
    Ledger ledger = ledger_of(0, 0);
    spend(ledger, 1, kNoon);
    ProviderUse use;
    use.requests_this_minute = 48;
    CHECK(ledger.reconcile(use, kNoon + 1s, kNoon + 2s)[kMinute] == 47);
    CHECK(ledger.uses(kNoon + 2s)[kMinute].left() == 2);
    use.requests_this_minute = 0;
    ledger.reconcile(use, kNoon + 3s, kNoon + 4s);
    CHECK(ledger.uses(kNoon + 4s)[kMinute].spent == 1);  // our own is recent
  }

  TEST_CASE("a count of another window than the present is not taken") {
    Ledger ledger = ledger_of(100, 1000);
    const TimePoint asked_at = on(2026y / 11 / 30, 24h - 1s);
    spend(ledger, 50, asked_at);
    const TimePoint now = asked_at + 2s;
    const auto drift = ledger.reconcile(told(90, 900), asked_at, now);
    CHECK(drift == std::array<std::int64_t, kWindowKinds>{});
    CHECK(ledger.uses(now)[kDay].spent == 0);
    CHECK(ledger.uses(now)[kMonth].spent == 0);
  }

  TEST_CASE("a count that is minutes old gives nothing back, but may take") {
    Ledger ledger = ledger_of(100, 1000);
    spend(ledger, 50, kNoon);
    const TimePoint now = kNoon + 1h;
    CHECK(ledger.reconcile(told(10, 60), now - 10min, now)[kDay] == 0);
    CHECK(ledger.uses(now)[kDay].spent == 50);
    CHECK(ledger.uses(now)[kMonth].spent == 60);
  }

  TEST_CASE("a lost call is given back when it is older than the provider's lag") {
    Ledger ledger = ledger_of(100, 1000);
    ledger.restore({WindowKind::Day, day_of(kNoon), 50}, kNoon);
    ledger.restore_lost({9}, kNoon, kNoon + 5s);
    ledger.reconcile(told(50, 50), kNoon + 10s, kNoon + 11s);
    CHECK(ledger.uses(kNoon + 11s)[kDay].spent == 59);
    const TimePoint later = kNoon + 2min;
    ledger.reconcile(told(50, 50), later, later);
    CHECK(ledger.uses(later)[kDay].spent == 50);
  }

  TEST_CASE("a clock that steps back keeps recent charges recent, and does not for ever") {
    Ledger ledger = ledger_of(100, 1000);
    spend(ledger, 20, kNoon + 6h);
    const TimePoint back = kNoon;
    ledger.reconcile(told(0, 0), back, back + 1s);
    CHECK(ledger.uses(back + 1s)[kDay].spent == 20);
    ledger.reconcile(told(0, 0), back + 10min, back + 10min);
    CHECK(ledger.uses(back + 10min)[kDay].spent == 0);
  }

  TEST_CASE("what the provider says of this window heals what a clock's step left") {
    Ledger ledger = ledger_of(100, 1000);
    spend(ledger, 40, kNoon + days(300));
    spend(ledger, 10, kNoon);
    const TimePoint later = kNoon + 1h;
    ledger.reconcile(told(10, 10), later, later);
    CHECK(ledger.uses(later)[kDay].spent == 10);
    CHECK(ledger.uses(on(2026y / 11 / 11))[kDay].spent == 10);
  }
}

TEST_SUITE("ledger::Ledger change") {
  TEST_CASE("other caps hold from here on, whatever was spent") {
    Ledger ledger = ledger_of(100, 1000);
    spend(ledger, 60, kNoon);
    ledger.change({10, {50}, {0}}, {}, kNoon);
    CHECK(ledger.uses(kNoon)[kDay].spent == 60);
    CHECK(ledger.uses(kNoon)[kDay].left() == 0);
    CHECK(ledger.uses(kNoon)[kMonth].cap == 0);
    const auto refused = ledger.refusal({1}, Purpose::Miss, kNoon);
    REQUIRE(refused);
    CHECK(refused->window == WindowKind::Day);
    ledger.change({10, {200}, {0}}, {}, kNoon);
    CHECK(ledger.uses(kNoon)[kDay].left() == 140);
  }

  TEST_CASE("another anchor loses nothing that was spent") {
    struct Row {
      const char* name;
      Anchor anchor;
      Window day, month;
    };
    const Row rows[] = {
        {"later in the month",
         {20, 0ms},
         {on(2026y / 11 / 10), on(2026y / 11 / 11)},
         {on(2026y / 10 / 20), on(2026y / 11 / 20)}},
        {"earlier in the month",
         {5, 0ms},
         {on(2026y / 11 / 10), on(2026y / 11 / 11)},
         {on(2026y / 11 / 5), on(2026y / 12 / 5)}},
        {"another time of day",
         {1, 13h},
         {on(2026y / 11 / 9, 13h), on(2026y / 11 / 10, 13h)},
         {on(2026y / 11 / 1, 13h), on(2026y / 12 / 1, 13h)}},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      Ledger ledger = ledger_of(100, 1000);
      spend(ledger, 60, kNoon);
      const auto hold = held(ledger, 5, kNoon);
      ledger.change(ledger.options().caps, row.anchor, kNoon);
      CHECK(ledger.uses(kNoon)[kDay].window == row.day);
      CHECK(ledger.uses(kNoon)[kMonth].window == row.month);
      CHECK(ledger.uses(kNoon)[kDay].spent == 60);
      CHECK(ledger.uses(kNoon)[kMonth].spent == 60);
      CHECK(ledger.uses(kNoon)[kMonth].held == 5);
      ledger.settle(hold, {5}, kNoon);
      CHECK(ledger.uses(kNoon)[kMonth].spent == 65);
      // It ends at its end: what the old grid counted does not follow.
      CHECK(ledger.uses(row.day.end)[kDay].spent == 0);
      CHECK(ledger.uses(row.month.end)[kMonth].spent == 0);
    }
  }

  TEST_CASE("an anchor that changed over a restart carries nothing into the next month") {
    Ledger ledger = ledger_of(100, 1000);
    spend(ledger, 60, kNoon);
    Ledger::Options options = ledger.options();
    options.anchor = {20, 0ms};
    Ledger next(options);
    for (const WindowSpend& row : ledger.spends(kNoon)) next.restore(row, kNoon);
    CHECK(next.uses(kNoon)[kMonth].window == Window{on(2026y / 10 / 20), on(2026y / 11 / 20)});
    CHECK(next.uses(kNoon)[kMonth].spent == 60);
    CHECK(next.uses(on(2026y / 11 / 20))[kMonth].spent == 0);
  }

  TEST_CASE("windows of the old anchor do not come back after a restart") {
    Ledger ledger = ledger_of(100, 1000);
    ledger.change(ledger.options().caps, {15, 0ms}, kNoon);
    spend(ledger, 60, kNoon);
    std::vector<WindowSpend> rows = ledger.spends(kNoon);
    ledger.change(ledger.options().caps, {1, 0ms}, kNoon);
    for (const WindowSpend& row : ledger.spends(kNoon)) rows.push_back(row);

    // As a table that is keyed by kind and start has them.
    Ledger next(ledger.options());
    const TimePoint december = on(2026y / 12 / 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      bool is_last = true;
      for (std::size_t j = i + 1; j < rows.size(); ++j)
        if (rows[i].kind == rows[j].kind && rows[i].window.start == rows[j].window.start)
          is_last = false;
      if (is_last) next.restore(rows[i], december);
    }
    CHECK(next.uses(december)[kMonth].spent == 0);
    CHECK(next.uses(kNoon)[kMonth].spent == 60);
  }

  TEST_CASE("an anchor that goes back and forth counts nothing twice") {
    Ledger ledger = ledger_of(100, 1000);
    spend(ledger, 60, kNoon);
    for (int i = 0; i < 50; ++i)
      ledger.change(ledger.options().caps, {1, milliseconds(i % 7)}, kNoon);
    CHECK(ledger.uses(kNoon)[kDay].spent == 60);
    CHECK(ledger.uses(kNoon)[kMonth].spent == 60);
    CHECK(ledger.spends(kNoon).size() < 20);
  }
}
