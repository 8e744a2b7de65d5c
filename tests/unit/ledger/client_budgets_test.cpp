#include "ledger/client_budgets.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::ledger;

namespace {

constexpr TimePoint on(year_month_day date, milliseconds time_of_day = 0ms) {
  return TimePoint(sys_days(date).time_since_epoch() + time_of_day);
}

constexpr TimePoint kNoon = on(2026y / 11 / 10, 12h);

constexpr std::size_t kDay = static_cast<std::size_t>(WindowKind::Day);
constexpr std::size_t kMonth = static_cast<std::size_t>(WindowKind::Month);

ClientBudgets budgets_of(ClientCaps bot, ClientCaps site) {
  return ClientBudgets({{"bot", bot}, {"site", site}}, Anchor{});
}

bool holds(ClientBudgets& budgets, std::string_view client, std::int64_t credits, TimePoint now) {
  return budgets.hold(client, {credits}, now).has_value();
}

// Requires: there is room, and the client has a cap.
Ledger::HoldId held(ClientBudgets& budgets,
                    std::string_view client,
                    std::int64_t credits,
                    TimePoint now) {
  const auto hold = budgets.hold(client, {credits}, now);
  REQUIRE(hold);
  REQUIRE(*hold);
  return **hold;
}

}  // namespace

TEST_SUITE("ledger::ClientBudgets") {
  TEST_CASE("a client may cause no more than its caps") {
    ClientBudgets budgets = budgets_of({{10}, {15}}, {{10}, {0}});
    const auto six = held(budgets, "bot", 6, kNoon);
    const auto four = held(budgets, "bot", 4, kNoon);
    const auto refused = budgets.hold("bot", {1}, kNoon);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().window == WindowKind::Day);
    CHECK(refused.error().until == on(2026y / 11 / 11));
    CHECK(holds(budgets, "site", 10, kNoon));

    budgets.settle("bot", six, {6}, kNoon);
    budgets.settle("bot", four, {4}, kNoon);
    const TimePoint next = kNoon + 24h;
    const auto month = budgets.hold("bot", {6}, next);
    REQUIRE_FALSE(month);
    CHECK(month.error().window == WindowKind::Month);
    CHECK(month.error().until == on(2026y / 12 / 1));
    CHECK(holds(budgets, "bot", 5, next));
  }

  TEST_CASE("clients without caps are neither held back nor counted") {
    ClientBudgets budgets = budgets_of({{10}, {0}}, {});
    for (const std::string_view client : {"site", "stranger", ""}) {
      CAPTURE(client);
      const auto hold = budgets.hold(client, {1'000'000}, kNoon);
      REQUIRE(hold);
      CHECK_FALSE(hold->has_value());
      budgets.restore(client, {WindowKind::Day, day_of(kNoon), 7}, kNoon);
      CHECK(budgets.spends(client, kNoon).empty());
    }
    const auto uses = budgets.uses(kNoon);
    REQUIRE(uses.size() == 1);
    CHECK(uses[0].client == "bot");
    CHECK(uses[0].uses[kDay].spent == 0);
  }

  TEST_CASE("a hold is settled with what the calls cost, more or less or nothing") {
    struct Row {
      const char* name;
      std::int64_t charged, left;
    };
    const Row rows[] = {{"less", 1, 9}, {"nothing", 0, 10}, {"all", 6, 4}, {"more", 12, 0}};
    for (const Row& row : rows) {
      CAPTURE(row.name);
      ClientBudgets budgets = budgets_of({{10}, {0}}, {});
      budgets.settle("bot", held(budgets, "bot", 6, kNoon), {row.charged}, kNoon);
      const WindowUse day = budgets.uses(kNoon)[0].uses[kDay];
      CHECK(day.spent == row.charged);
      CHECK(day.held == 0);
      CHECK(day.left() == row.left);
    }
  }

  TEST_CASE("holds of the same size end one by one") {
    ClientBudgets budgets = budgets_of({{10}, {0}}, {});
    const auto first = held(budgets, "bot", 3, kNoon);
    const auto second = held(budgets, "bot", 4, kNoon);
    const auto third = held(budgets, "bot", 3, kNoon);
    budgets.settle("bot", first, {1}, kNoon);
    CHECK(budgets.uses(kNoon)[0].uses[kDay].held == 7);
    budgets.settle("bot", third, {2}, kNoon);
    budgets.settle("bot", second, {0}, kNoon);
    CHECK(budgets.uses(kNoon)[0].uses[kDay].held == 0);
    CHECK(budgets.uses(kNoon)[0].uses[kDay].spent == 3);
  }

  TEST_CASE("a request that may cost nothing passes with a spent budget") {
    ClientBudgets budgets = budgets_of({{1}, {0}}, {});
    const auto one = held(budgets, "bot", 1, kNoon);
    const auto nothing = held(budgets, "bot", 0, kNoon);
    CHECK_FALSE(holds(budgets, "bot", 1, kNoon));
    budgets.settle("bot", nothing, {0}, kNoon);
    budgets.settle("bot", one, {1}, kNoon);
    CHECK(budgets.uses(kNoon)[0].uses[kDay].left() == 0);
  }

  TEST_CASE("what a client has spent survives a restart, its days and months") {
    ClientBudgets before = budgets_of({{10}, {20}}, {});
    before.settle("bot", held(before, "bot", 6, kNoon), {6}, kNoon);
    ClientBudgets after = budgets_of({{10}, {20}}, {});
    for (const WindowSpend& spend : before.spends("bot", kNoon)) {
      CHECK(spend.kind != WindowKind::Minute);
      after.restore("bot", spend, kNoon);
    }
    CHECK(after.uses(kNoon)[0].uses[kDay].left() == 4);
    CHECK(after.uses(kNoon)[0].uses[kMonth].left() == 14);
  }

  TEST_CASE("another anchor leaves caps and what was spent") {
    ClientBudgets budgets = budgets_of({{10}, {20}}, {});
    budgets.settle("bot", held(budgets, "bot", 6, kNoon), {6}, kNoon);
    budgets.change({20, 6h}, kNoon);
    const WindowUses uses = budgets.uses(kNoon)[0].uses;
    CHECK(uses[kDay].left() == 4);
    CHECK(uses[kDay].window.end == on(2026y / 11 / 11, 6h));
    CHECK(uses[kMonth].left() == 14);
    CHECK(uses[kMonth].window.end == on(2026y / 11 / 20, 6h));
  }
}

TEST_SUITE("ledger::ClientBudgets::change") {
  TEST_CASE("other caps count what was spent and held before") {
    ClientBudgets budgets = budgets_of({{10}, {0}}, {{10}, {0}});
    budgets.settle("bot", held(budgets, "bot", 4, kNoon), {4}, kNoon);
    REQUIRE(holds(budgets, "bot", 2, kNoon));
    budgets.change({{"bot", {{8}, {0}}}}, Anchor{}, kNoon);
    CHECK(holds(budgets, "bot", 2, kNoon));
    CHECK_FALSE(holds(budgets, "bot", 1, kNoon));
    CHECK(holds(budgets, "site", 1000, kNoon));  // it has no cap any more
    REQUIRE(budgets.uses(kNoon).size() == 1);
    CHECK(budgets.uses(kNoon)[0].client == "bot");
  }

  TEST_CASE("a cap that comes back finds what was spent meanwhile") {
    ClientBudgets budgets = budgets_of({{10}, {0}}, {{10}, {0}});
    budgets.change({}, Anchor{}, kNoon);
    CHECK(budgets.uses(kNoon).empty());
    const auto nine = held(budgets, "bot", 9, kNoon);
    budgets.change({{"bot", {{10}, {0}}}}, Anchor{}, kNoon);
    CHECK_FALSE(holds(budgets, "bot", 2, kNoon));
    budgets.settle("bot", nine, {9}, kNoon);
    CHECK_FALSE(holds(budgets, "bot", 2, kNoon));
  }

  TEST_CASE("what a client had under way when it got its first cap counts for nothing") {
    ClientBudgets budgets({}, Anchor{});
    const auto before = budgets.hold("bot", {5}, kNoon);
    REQUIRE(before);
    CHECK_FALSE(before->has_value());
    budgets.change({{"bot", {{10}, {0}}}}, Anchor{}, kNoon);
    CHECK(holds(budgets, "bot", 10, kNoon));
  }
}
