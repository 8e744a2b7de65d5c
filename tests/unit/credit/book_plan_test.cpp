// The book and the account's plan: limits, windows and counts that key/info tells.
#include "unrecorded_desk.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::credit;
using namespace quotecached::ledger;
using namespace quotecached::test;

TEST_SUITE("credit::Book") {
  TEST_CASE("calls wait for the first reading of the limits, so long and no longer") {
    auto options = unrecorded();
    SUBCASE("it comes") {
      options.first_reading = 5s;
      options.adopts_plan = true;
      Desk desk(options);
      const auto waiting = test::start_admission(desk.loop, desk.book, intent_of({6}));
      auto probe = intent_of({});
      probe.cause = Cause::Probe;
      CHECK(desk.admit(probe));
      CHECK_FALSE(waiting->end);
      PlanReading plan;
      plan.caps.per_month = {5};
      plan.read_at = desk.clock.time;
      desk.book.reconcile(plan, {}, desk.clock.time);
      const auto refused = test::finish(desk.loop, *waiting);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().closure == Closure::Month);
      CHECK(desk.book.view().plan == plan);
      CHECK(desk.book.view().read_at == desk.clock.time);
    }
    SUBCASE("it fails") {
      options.first_reading = 5s;
      Desk desk(options);
      const auto waiting = test::start_admission(desk.loop, desk.book, intent_of({6}));
      desk.loop.run_for(10ms);
      CHECK_FALSE(waiting->end);
      desk.book.no_reading("no route");
      CHECK(test::finish(desk.loop, *waiting));
      CHECK(desk.book.view().reading_error == "no route");
    }
    SUBCASE("it does not come") {
      options.first_reading = 1s;
      Desk desk(options);
      CHECK(desk.admit());
      const auto begin = Steady::now();
      CHECK(desk.admit());
      CHECK(Steady::now() - begin < 800ms);  // counted from the start, not by call
    }
  }

  TEST_CASE("of the plan's limits and our own the smaller counts") {
    auto options = unrecorded({.per_day = {20}, .per_month = {9000}});
    options.adopts_plan = true;
    Desk desk(options);
    PlanReading plan;
    plan.caps = {.requests_per_minute = 30, .per_day = {500}, .per_month = {1000}};
    desk.book.reconcile(plan, {}, desk.clock.time);
    CHECK(desk.use(WindowKind::Minute).cap == 30);
    CHECK(desk.use(WindowKind::Day).cap == 20);
    CHECK(desk.use(WindowKind::Month).cap == 1000);
  }

  TEST_CASE("windows at the provider's anchor come back apart after a restart") {
    BookState state;
    state.plan = PlanReading{};
    state.plan->caps.per_month = {15000};
    state.plan->anchor = {.day = 5, .time = 5h + 30min};
    auto options = unrecorded();
    options.adopts_plan = true;
    const test::SetClock clock;
    const Window now = month_of(clock.time, state.plan->anchor);
    const Window before = month_of(now.start - 1s, state.plan->anchor);
    for (const WindowSpend& spend :
         {WindowSpend{WindowKind::Month, before, 400}, WindowSpend{WindowKind::Month, now, 100}}) {
      state.windows.push_back(spend);
      state.clients.push_back({"bot", spend});
    }
    Desk desk(options, state, Log(), {{"bot", {.per_day = {}, .per_month = {500}}}});
    CHECK(desk.use(WindowKind::Month).window == now);
    CHECK(desk.use(WindowKind::Month).spent == 100);
    CHECK(desk.clients.hold("bot", {400}));
    CHECK_FALSE(desk.clients.hold("bot", {1}));
  }

  TEST_CASE("key/info is asked though the month is spent, and opens what has room again") {
    auto options = unrecorded({.per_day = {}, .per_month = {100}});
    options.adopts_plan = true;
    Desk desk(options);
    REQUIRE(desk.call(429, 1010));
    CHECK_FALSE(desk.admit());
    auto probe = intent_of({});
    probe.cause = Cause::Probe;
    auto asked = desk.admit(probe);
    REQUIRE(asked);
    asked->settle(outcome_of(200, 0, {}));
    PlanReading plan;
    plan.caps.per_month = {100};
    ProviderUse theirs;
    theirs.credits_this_month = Credits{100};
    desk.book.reconcile(plan, theirs, desk.clock.time);
    CHECK_FALSE(desk.admit());
    theirs.credits_this_month = Credits{40};
    desk.book.reconcile(plan, theirs, desk.clock.time);
    CHECK(desk.book.closed(desk.clock.time) == std::nullopt);
  }

  TEST_CASE("the limits last read hold after a restart, until they are read anew") {
    BookState state;
    state.plan = PlanReading{};
    state.plan->caps.per_month = {1000};
    state.plan->anchor = {.day = 5, .time = 5h + 30min};
    auto options = unrecorded();
    SUBCASE("when the plan is the provider's") {
      options.adopts_plan = true;
      Desk desk(options, state);
      CHECK(desk.use(WindowKind::Month).cap == 1000);
      CHECK(desk.use(WindowKind::Month).window == month_of(desk.clock.time, state.plan->anchor));
    }
    SUBCASE("not when it is ours") {
      Desk desk(options, state);
      CHECK(desk.use(WindowKind::Month).cap == 0);
    }
  }

  TEST_CASE("the provider's count corrects ours") {
    Desk desk(unrecorded({.per_day = {}, .per_month = {100}}));
    REQUIRE(desk.call(200, 0, {2}));
    ProviderUse theirs;
    theirs.credits_this_month = Credits{97};
    const auto drift = desk.book.reconcile({}, theirs, desk.clock.time);
    CHECK(drift[static_cast<std::size_t>(WindowKind::Month)] == 95);
    CHECK(desk.book.view().drift == drift);
    CHECK_FALSE(desk.book.view().plan);
    CHECK(desk.admit(intent_of({3})));
    CHECK_FALSE(desk.admit(intent_of({3})));
  }

  TEST_CASE(
      "what was spent before there was a book is no drift of it, what is spent beside it is") {
    auto options = unrecorded();
    options.adopts_plan = true;
    Desk desk(options);
    PlanReading plan;
    plan.caps.per_month = {1000};
    ProviderUse theirs;
    constexpr auto kMonth = static_cast<std::size_t>(WindowKind::Month);
    theirs.credits_this_month = Credits{500};
    CHECK(desk.book.reconcile(plan, theirs, desk.clock.time)[kMonth] == 0);
    CHECK(desk.use(WindowKind::Month).spent == 500);
    theirs.credits_this_month = Credits{540};
    CHECK(desk.book.reconcile(plan, theirs, desk.clock.time)[kMonth] == 40);
    CHECK(desk.book.view().drift[kMonth] == 40);
  }
}
