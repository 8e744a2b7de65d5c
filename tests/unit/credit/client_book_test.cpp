#include "credit/client_book.hpp"

#include "unrecorded_desk.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::credit;
using namespace quotecached::ledger;
using namespace quotecached::test;

TEST_SUITE("credit::ClientBook") {
  TEST_CASE("starts from what a client had spent before") {
    BookState state;
    const Window month{on(2026y / 2 / 1), on(2026y / 3 / 1)};
    state.clients.push_back({"bot", {WindowKind::Month, month, 4}});
    Desk desk(unrecorded(), state, Log(), {{"bot", {{}, {5}}}});
    CHECK(desk.use(WindowKind::Month).spent == 0);  // it is not the account's
    CHECK_FALSE(desk.clients.hold("bot", {2}));
    CHECK(desk.clients.hold("bot", {1}));
  }

  TEST_CASE("a client causes no more than its budget") {
    Desk desk(unrecorded(), {}, Log(), {{"bot", {{10}, {}}}});
    {
      auto first = desk.clients.hold("bot", {6});
      REQUIRE(first);
      const auto refused = desk.clients.hold("bot", {6});
      REQUIRE_FALSE(refused);
      CHECK(refused.error().closure == Closure::Day);
      CHECK(refused.error().until == desk.clock.time + 1s);  // as soon as the first is settled
      first->settle({2});
      CHECK(desk.clients.hold("bot", {8}));  // and is dropped: its calls go on without it
      const auto spent = desk.clients.hold("bot", {1});
      REQUIRE_FALSE(spent);
      CHECK(spent.error().until == on(2026y / 2 / 11));
      CHECK(desk.clients.hold("somebody", {1000}));
    }
    const auto clients = desk.clients.uses();
    REQUIRE(clients.size() == 1);
    CHECK(clients.front().uses[static_cast<std::size_t>(WindowKind::Day)].spent == 10);
    CHECK(clients.front().uses[static_cast<std::size_t>(WindowKind::Day)].held == 0);
  }

  TEST_CASE("days and months of a client begin when the plan says") {
    auto options = unrecorded();
    options.adopts_plan = true;
    Desk desk(options, {}, Log(), {{"bot", {{}, {10}}}});
    const auto month = [&] {
      return desk.clients.uses().at(0).uses[static_cast<std::size_t>(WindowKind::Month)];
    };
    {
      auto hold = desk.clients.hold("bot", {6});
      REQUIRE(hold);
      hold->settle({6});
    }
    CHECK(month().window == month_of(desk.clock.time));
    PlanReading plan;
    plan.anchor = {.day = 5, .time = 5h + 30min};
    desk.book.reconcile(plan, {}, desk.clock.time);
    CHECK(month().window == month_of(desk.clock.time, plan.anchor));
    CHECK(month().spent == 6);
  }

  TEST_CASE("a call from before the first cap ends no other hold of as much") {
    const SetClock clock;
    const pacing::PublishedPolicy policy;
    Book book({nullptr, policy, clock}, {}, unrecorded(), Log());
    ClientBook clients(book, {}, {}, clock);
    auto before = clients.hold("bot", {6});
    REQUIRE(before);
    clients.change({{"bot", {{10}, {}}}});
    auto after = clients.hold("bot", {6});
    REQUIRE(after);
    const auto day = [&] {
      return clients.uses().at(0).uses.at(static_cast<std::size_t>(WindowKind::Day));
    };
    before->settle({6});
    CHECK(day().held == 6);
    CHECK(day().spent == 0);
    after->settle({2});
    CHECK(day().held == 0);
    CHECK(day().spent == 2);
  }

  TEST_CASE("a hold that outlives the client book does nothing") {
    const SetClock clock;
    const pacing::PublishedPolicy policy;
    Book book({nullptr, policy, clock}, {}, unrecorded(), Log());
    std::optional<ClientBook::Hold> left;
    {
      ClientBook clients(book, {{"bot", {{10}, {}}}}, {}, clock);
      auto hold = clients.hold("bot", {6});
      REQUIRE(hold);
      left.emplace(std::move(*hold));
    }
    left.reset();
    CHECK(book.anchor() == Anchor{});
  }
}
