#include "credit/joint_hold.hpp"

#include "unrecorded_desk.hpp"

using namespace quotecached;
using namespace quotecached::credit;
using namespace quotecached::ledger;
using namespace quotecached::test;

namespace {

std::vector<std::int64_t> counts_of(const std::vector<Credits>& parts) {
  std::vector<std::int64_t> counts;
  for (const auto part : parts) counts.push_back(part.count);
  return counts;
}

using Counts = std::vector<std::int64_t>;

WindowUse day_of_client(Desk& desk, const std::string& client) {
  for (const auto& use : desk.clients.uses()) {
    if (use.client == client) return use.uses[static_cast<std::size_t>(WindowKind::Day)];
  }
  return {};
}

}  // namespace

TEST_SUITE("credit::JointHold") {
  TEST_CASE("clients hold and bear a call by their assets") {
    Desk desk(unrecorded(), {}, Log(), {{"a", {{10}, {}}}, {"b", {{10}, {}}}});
    auto hold = JointHold::take(&desk.clients, {{"a", 25}, {"b", 75}}, {4});
    REQUIRE(hold);
    CHECK(day_of_client(desk, "a").held == 1);
    CHECK(day_of_client(desk, "b").held == 3);
    CHECK(counts_of(hold->settle({4})) == Counts{1, 3});
    CHECK(day_of_client(desk, "a").spent == 1);
    CHECK(day_of_client(desk, "b").spent == 3);
    CHECK(day_of_client(desk, "b").held == 0);
  }

  TEST_CASE("whose budget is spent bears nothing, the others bear all") {
    Desk desk(unrecorded(), {}, Log(), {{"poor", {{1}, {}}}, {"b", {{10}, {}}}});
    auto hold = JointHold::take(&desk.clients, {{"poor", 50}, {"b", 25}, {"", 25}}, {4});
    REQUIRE(hold);
    CHECK(day_of_client(desk, "poor").held == 0);
    CHECK(day_of_client(desk, "b").held == 2);
    CHECK(counts_of(hold->settle({4})) == Counts{0, 2, 2});
    CHECK(day_of_client(desk, "poor").spent == 0);
  }

  TEST_CASE("nobody able to bear it: refused, and nothing stays held") {
    Desk desk(unrecorded(), {}, Log(), {{"a", {{1}, {}}}, {"b", {{1}, {}}}});
    const auto hold = JointHold::take(&desk.clients, {{"a", 1}, {"b", 1}}, {8});
    REQUIRE_FALSE(hold);
    CHECK(hold.error().closure == Closure::Day);
    CHECK(day_of_client(desk, "a").held == 0);
    CHECK(day_of_client(desk, "b").held == 0);
  }

  TEST_CASE("without budgets, or without anybody, there is nothing to refuse") {
    auto free = JointHold::take(nullptr, {{"a", 1}, {"b", 3}}, {4});
    REQUIRE(free);
    CHECK(counts_of(free->settle({4})) == Counts{1, 3});
    auto probe = JointHold::take(nullptr, {}, {0});
    REQUIRE(probe);
    CHECK(probe->settle({0}).empty());
  }

  TEST_CASE("dropped, each has spent what it held") {
    Desk desk(unrecorded(), {}, Log(), {{"a", {{10}, {}}}});
    {
      REQUIRE(JointHold::take(&desk.clients, {{"a", 1}}, {3}));
    }
    CHECK(day_of_client(desk, "a").spent == 3);
  }
}
