// The mode and the price of a credit follow what is spent, and what is ordered by hand.
#include "credit/governor.hpp"

#include <doctest/doctest.h>

#include "answered.hpp"
#include "governor_bed.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::alert;
using namespace quotecached::credit;
using namespace quotecached::ledger;
using namespace quotecached::pacing;
using quotecached::test::answered;
using test::charged;
using test::GovernorBed;

TEST_SUITE("credit::Governor") {
  TEST_CASE("there is a view from the start") {
    const GovernorBed bed;
    const auto view = bed.governor.view();
    REQUIRE(view);
    CHECK(view->at == bed.clock.time);
    CHECK(view->policy.mode == SpendMode::Normal);
    CHECK(view->mode_reason.empty());
    CHECK(view->policy.price == Age(0));
    CHECK(view->policy.stretch == 1);
    CHECK(view->book.uses[static_cast<std::size_t>(WindowKind::Month)].cap == 15'000);
  }

  TEST_CASE("the mode follows what is spent, and the book obeys it") {
    struct Row {
      std::int64_t spent;
      SpendMode mode;
      const char* reason;
      std::optional<AlertLevel> level;
    };
    // Ten days into November: a third of the month.
    const Row rows[] = {
        {3'000, SpendMode::Normal, "", std::nullopt},
        {12'100, SpendMode::Economise, "month: 80 % spent", AlertLevel::Warning},
        {13'650, SpendMode::ForegroundOnly, "month: 91 % spent", AlertLevel::Critical},
        {15'000, SpendMode::CacheOnly, "month: 100 % spent", AlertLevel::Critical},
    };
    for (const Row& row : rows) {
      CAPTURE(row.spent);
      GovernorBed bed;
      bed.spend(row.spent);
      const auto view = bed.governor.view();
      CHECK(view->policy.mode == row.mode);
      CHECK(view->mode_reason == row.reason);
      CHECK(bed.policy.mode() == row.mode);
      CHECK(bed.policy.get().rules == rules_of(row.mode));
      std::optional<AlertLevel> of_window;
      for (const Alert& alert : view->alerts)
        if (alert.kind == AlertKind::Window) of_window = alert.level;
      CHECK(of_window == row.level);
      if (row.level == AlertLevel::Critical) CHECK(view->level == AlertLevel::Critical);
    }
  }

  TEST_CASE("a credit has a price while the mode says so, and not otherwise") {
    GovernorBed bed;
    bed.asked.asks = 100;  // much more than what is left lasts for
    CHECK(bed.policy.get().price == Age(0));
    CHECK(bed.policy.get().stretch == 1);
    bed.governor.set_manual(SpendMode::Economise, 2h);
    bed.spend(14'000);
    for (int minute = 0; minute < 61; ++minute) bed.pass(1min);
    CHECK(bed.policy.get().price > Age(0));
    CHECK(bed.policy.get().stretch > 1);
    CHECK(bed.governor.view()->policy == bed.policy.get());
    bed.governor.set_manual(SpendMode::Normal, 1h);
    bed.governor.review();
    CHECK(bed.policy.get().price == Age(0));
    CHECK(bed.policy.get().stretch == 1);
  }

  TEST_CASE("what clients ask for decides whether credits last") {
    GovernorBed bed;
    bed.spend(3'000);
    bed.asked.asks = 100;
    // 12,000 for 20 days: 25 an hour.
    bed.asked.lanes = {{.share = 1, .fresh = 60, .credits = 1}};
    for (int minute = 0; minute < 130; ++minute) {
      bed.call(charged(1), Purpose::Refresh);
      bed.pass(1min);
    }
    CHECK(bed.policy.mode() == SpendMode::Economise);
    CHECK(bed.governor.view()->mode_reason == "month: credits would not last");
    CHECK(bed.policy.get().price > Age(0));
    // The same asks, of what is fresh for an hour.
    bed.asked.lanes.front().fresh = 3600;
    bed.pass(1min);
    bed.pass(1min);
    CHECK(bed.policy.get().price == Age(0));
    bed.pass(ModeChooser::Options{}.linger);
    CHECK(bed.policy.mode() == SpendMode::Normal);
  }

  TEST_CASE("the price is found once a minute, and holds in between") {
    GovernorBed bed;
    bed.asked.asks = 100;
    bed.spend(14'000);
    for (int minute = 0; minute < 130; ++minute) bed.pass(1min);
    const auto price = bed.policy.get().price;
    bed.spend(14'100);
    CHECK(bed.policy.get().price == price);
    bed.pass(59s);
    CHECK(bed.policy.get().price == price);
    bed.pass(1s);
    CHECK(bed.policy.get().price > price);
    bed.pass(-5min);  // a clock that was set back
    CHECK(bed.policy.get().price > price);
  }

  TEST_CASE("a review after a call changes mode, rules and price in one go") {
    GovernorBed bed;
    bed.governor.set_manual(SpendMode::Economise, 1h);
    bed.spend(14'000);
    bed.governor.set_manual(SpendMode::ForegroundOnly, 1h);
    bed.call(answered(429, 1009));
    const SpendPolicy& policy = bed.policy.get();
    CHECK(policy.mode == SpendMode::ForegroundOnly);
    CHECK(policy == policy_of(policy.mode, policy.price, policy.stretch, policy.until));
    CHECK(bed.governor.view()->policy == policy);
    CHECK(bed.policy.mode() == policy.mode);
  }

  TEST_CASE("a mode set by hand holds until its end or until it is taken back") {
    GovernorBed bed;
    const TimePoint start = bed.clock.time;
    bed.governor.set_manual(SpendMode::CacheOnly, 2h);
    CHECK(bed.policy.mode() == SpendMode::Normal);  // at the next review
    bed.pass(1s);
    auto view = bed.governor.view();
    CHECK(view->policy.mode == SpendMode::CacheOnly);
    CHECK(view->mode_since == start + 1s);
    CHECK(view->mode_reason == "set by hand");
    CHECK(view->policy.until == start + 2h);
    CHECK(bed.policy.get().rules == rules_of(SpendMode::CacheOnly));
    bed.pass(2h - 2s);
    CHECK(bed.policy.mode() == SpendMode::CacheOnly);
    bed.pass(1s);
    view = bed.governor.view();
    CHECK(view->policy.mode == SpendMode::Normal);
    CHECK(view->mode_since == start + 2h);
    CHECK_FALSE(view->policy.until);

    bed.governor.set_manual(SpendMode::ForegroundOnly, 2h);
    bed.pass(1s);
    CHECK(bed.policy.mode() == SpendMode::ForegroundOnly);
    bed.governor.set_manual(std::nullopt, 0ms);
    bed.pass(1s);
    CHECK(bed.policy.mode() == SpendMode::Normal);
  }

  TEST_CASE("by hand a mode may be laxer than what is spent asks for") {
    GovernorBed bed;
    bed.spend(13'650);
    CHECK(bed.policy.mode() == SpendMode::ForegroundOnly);
    bed.governor.set_manual(SpendMode::Normal, 1h);
    bed.pass(1s);
    CHECK(bed.policy.mode() == SpendMode::Normal);
    bed.pass(1h);
    CHECK(bed.policy.mode() == SpendMode::ForegroundOnly);
  }
}
