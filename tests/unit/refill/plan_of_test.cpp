#include <doctest/doctest.h>

#include "refill/reconciler.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::refill;

namespace {

const TimePoint kNow = TimePoint(sys_days(2026y / 2 / 10)) + 12h;

provider::KeyInfo info_of(TimePoint month_resets_at) {
  provider::KeyInfo info;
  info.credits_per_month = 15000;
  info.month_resets_at = month_resets_at;
  return info;
}

credit::PlanReading anchored(const ledger::Anchor& anchor) {
  credit::PlanReading known;
  known.anchor = anchor;
  return known;
}

}  // namespace

TEST_SUITE("refill::plan_of") {
  TEST_CASE("takes the limits that are told, none for those never told") {
    auto info = info_of(sys_days(2026y / 3 / 1));
    info.requests_per_minute = 50;
    const auto plan = plan_of(info, {}, kNow);
    REQUIRE(plan);
    CHECK(plan->caps.requests_per_minute == 50);
    CHECK(plan->caps.per_day == Credits{0});
    CHECK(plan->caps.per_month == Credits{15000});
    CHECK(plan->anchor == ledger::Anchor{});
    CHECK(plan->read_at == kNow);
  }

  TEST_CASE("a limit that is not told stays as it is known, and a 0 that is told lifts it") {
    credit::PlanReading known;
    known.caps = {30, {333}, {10000}};
    auto info = info_of(sys_days(2026y / 3 / 1));
    const auto silent = plan_of(info, known, kNow);
    REQUIRE(silent);
    CHECK(silent->caps == ledger::Caps{30, {333}, {15000}});
    info.requests_per_minute = 0;
    info.credits_per_day = 0;
    const auto lifted = plan_of(info, known, kNow);
    REQUIRE(lifted);
    CHECK(lifted->caps == ledger::Caps{0, {0}, {15000}});
  }

  TEST_CASE("an answer without a month's limit tells no plan") {
    provider::KeyInfo info;
    info.requests_per_minute = 30;
    info.credits_per_day = 333;
    CHECK_FALSE(plan_of(info, {}, kNow));
    info.credits_per_month = 0;
    CHECK_FALSE(plan_of(info, {}, kNow));
  }

  TEST_CASE("the billing anchor is when the month resets") {
    struct Row {
      TimePoint resets_at;
      ledger::Anchor known;
      ledger::Anchor anchor;
    };
    const Row rows[] = {
        {TimePoint(sys_days(2026y / 3 / 5)) + 5h + 30min, {}, {5, 5h + 30min}},
        {sys_days(2026y / 3 / 1), {17, 1h}, {1, 0ms}},
        // The last day of a month stands for the days it does not have.
        {sys_days(2026y / 2 / 28), {31, 0ms}, {31, 0ms}},
        {sys_days(2026y / 2 / 28), {}, {28, 0ms}},
        {sys_days(2026y / 4 / 30), {31, 0ms}, {31, 0ms}},
        {sys_days(2026y / 4 / 29), {31, 0ms}, {29, 0ms}},
        // A reset that wobbles is the same, also over midnight.
        {TimePoint(sys_days(2026y / 3 / 5)) + 5h + 1s, {5, 5h}, {5, 5h}},
        {TimePoint(sys_days(2026y / 3 / 5)) + 5h - 1s, {5, 5h}, {5, 5h}},
        {TimePoint(sys_days(2026y / 3 / 1)) - 1s, {}, {1, 0ms}},
        {TimePoint(sys_days(2026y / 3 / 5)) + 5h + 1min, {5, 5h}, {5, 5h + 1min}},
    };
    for (const auto& row : rows) {
      CAPTURE(row.resets_at.time_since_epoch().count());
      const auto plan = plan_of(info_of(row.resets_at), anchored(row.known), kNow);
      REQUIRE(plan);
      CHECK(plan->anchor.day == row.anchor.day);
      CHECK(plan->anchor.time == row.anchor.time);
    }
  }

  TEST_CASE("without a reset the anchor stays as it is known") {
    provider::KeyInfo info;
    info.credits_per_month = 1;
    const auto plan = plan_of(info, anchored({9, 3h}), kNow);
    REQUIRE(plan);
    CHECK(plan->anchor == ledger::Anchor{9, 3h});
  }
}
