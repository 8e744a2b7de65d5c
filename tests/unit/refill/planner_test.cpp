#include "refill/planner.hpp"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"

using namespace std::chrono_literals;
using namespace quotecached::refill;
using quotecached::catalog::Catalogue;
using quotecached::catalog::KeyKind;

namespace {

const Planner::Time kStart{1000s};

LanePtr quotes_lane(std::vector<std::string> converts = {"USD"}) {
  Lane::Parts lane;
  lane.endpoint = Catalogue::built_in().by_name("v2.quotes");
  REQUIRE(lane.endpoint != nullptr);
  lane.kind = KeyKind::Id;
  lane.converts = std::move(converts);
  lane.variant = "-";
  return std::make_shared<const Lane>(std::move(lane));
}

LanePtr whole_listing(std::string query) {
  Lane::Parts lane;
  lane.endpoint = Catalogue::built_in().by_name("v1.listings");
  REQUIRE(lane.endpoint != nullptr);
  lane.query = std::move(query);
  return std::make_shared<const Lane>(std::move(lane));
}

Reason reason_of(Priority priority) {
  using enum quotecached::credit::Cause;
  switch (priority) {
    case Priority::Foreground: return {priority, Miss};
    case Priority::Refresh: return {priority, Refresh};
    case Priority::Warm:
    case Priority::Backfill: break;
  }
  return {priority, Warm};
}

void add_ids(Planner& planner,
             const LanePtr& lane,
             int first,
             int last,
             Planner::Time now,
             Priority priority = Priority::Foreground) {
  for (int id = first; id <= last; ++id)
    REQUIRE(planner.add(lane, std::to_string(id), reason_of(priority), now));
}

std::vector<Batch> start_all(Planner& planner, Planner::Time now) {
  std::vector<Batch> started;
  while (auto batch = planner.start(now)) started.push_back(std::move(*batch));
  return started;
}

}  // namespace

TEST_SUITE("refill::Planner") {
  TEST_CASE("a batch waits for its window and no longer") {
    struct Row {
      const char* name;
      std::chrono::milliseconds later;
      bool starts;
    };
    for (const auto& row : {Row{"at once", 0ms, false},
                            Row{"one early", 4ms, false},
                            Row{"exactly at", 5ms, true},
                            Row{"late", 50ms, true}}) {
      CAPTURE(row.name);
      Planner planner({});
      add_ids(planner, quotes_lane(), 1, 3, kStart);
      CHECK(planner.start(kStart + row.later).has_value() == row.starts);
      if (!row.starts) CHECK(planner.wakeup() == kStart + 5ms);
    }
  }

  TEST_CASE("a full batch starts at once and the next asset opens another") {
    Planner planner({});
    add_ids(planner, quotes_lane(), 1, 101, kStart);
    const auto first = planner.start(kStart);
    REQUIRE(first);
    CHECK(first->assets.size() == 100);
    CHECK(first->assets.front() == "1");
    CHECK_FALSE(planner.start(kStart));
    planner.finish(first->id);
    const auto second = planner.start(kStart + 5ms);
    REQUIRE(second);
    CHECK(second->assets.size() == 1);
  }

  TEST_CASE("lanes do not share batches") {
    Planner planner({});
    add_ids(planner, quotes_lane({"USD"}), 1, 2, kStart);
    add_ids(planner, quotes_lane({"EUR"}), 1, 2, kStart);
    add_ids(planner, quotes_lane({"USD", "EUR"}), 1, 2, kStart);
    const auto started = start_all(planner, kStart + 5ms);
    REQUIRE(started.size() == 3);
    std::set<std::string> lanes;
    for (const auto& batch : started) {
      lanes.insert(batch.lane->name());
      CHECK(batch.assets.size() == 2);
    }
    CHECK(lanes.size() == 3);
  }

  TEST_CASE("a whole answer does not wait") {
    Planner planner({});
    REQUIRE(planner.add(whole_listing("limit=10"), "", reason_of(Priority::Foreground), kStart));
    CHECK(planner.start(kStart));
  }

  TEST_CASE("a lane with a call in flight keeps collecting") {
    Planner planner({.window = 5ms, .window_max = 100ms});
    add_ids(planner, quotes_lane(), 1, 1, kStart);
    const auto first = planner.start(kStart + 5ms);
    REQUIRE(first);

    SUBCASE("clients that wait are held up for the longest window only") {
      add_ids(planner, quotes_lane(), 2, 3, kStart + 6ms);
      CHECK_FALSE(planner.start(kStart + 105ms));
      const auto second = planner.start(kStart + 106ms);
      REQUIRE(second);
      CHECK(second->assets.size() == 2);
    }
    SUBCASE("what came meanwhile starts when the call is over") {
      add_ids(planner, quotes_lane(), 2, 3, kStart + 6ms);
      planner.finish(first->id);
      CHECK_FALSE(planner.start(kStart + 10ms));
      CHECK(planner.start(kStart + 11ms));
    }
    SUBCASE("refreshes wait for the end of the call, however long it hangs") {
      add_ids(planner, quotes_lane(), 2, 3, kStart + 6ms, Priority::Refresh);
      CHECK_FALSE(planner.start(kStart + 15s));
      CHECK_FALSE(planner.wakeup());
      planner.finish(first->id);
      CHECK(planner.start(kStart + 15s));
    }
    SUBCASE("a refresh that a client comes to wait for is freed from that") {
      const auto id = planner.add(quotes_lane(), "2", reason_of(Priority::Refresh), kStart + 6ms);
      REQUIRE(id);
      planner.promote(*id, reason_of(Priority::Foreground));
      const auto second = planner.start(kStart + 106ms);
      REQUIRE(second);
      CHECK(second->reason.priority == Priority::Foreground);
    }
  }

  TEST_CASE("no more calls at once than allowed") {
    Planner planner({.max_calls = 2});
    add_ids(planner, quotes_lane(), 1, 500, kStart);
    const auto started = start_all(planner, kStart);
    CHECK(started.size() == 2);
    planner.finish(started[0].id);
    CHECK(start_all(planner, kStart).size() == 1);
    planner.limit_calls(1);
    planner.finish(started[1].id);
    CHECK(start_all(planner, kStart).empty());
  }

  TEST_CASE("the last free call is kept for clients") {
    Planner planner({.max_calls = 2});
    add_ids(planner, quotes_lane(), 1, 300, kStart, Priority::Warm);
    CHECK(start_all(planner, kStart).size() == 1);
    add_ids(planner, quotes_lane({"EUR"}), 1, 100, kStart, Priority::Foreground);
    const auto started = start_all(planner, kStart);
    REQUIRE(started.size() == 1);
    CHECK(started[0].reason.priority == Priority::Foreground);
  }

  TEST_CASE("with a single call the low priorities still get their turn") {
    Planner planner({.max_calls = 1});
    add_ids(planner, quotes_lane(), 1, 100, kStart, Priority::Backfill);
    CHECK(start_all(planner, kStart).size() == 1);
  }

  TEST_CASE("urgent batches go first, others are not starved") {
    Planner planner({.max_calls = 8});
    planner.limit_calls(8);
    // 40 full foreground batches and 2 of warming compete for one slot at a time.
    for (int i = 0; i < 40; ++i) {
      add_ids(planner, quotes_lane({"C" + std::to_string(i)}), 1, 100, kStart);
    }
    for (int i = 0; i < 2; ++i) {
      add_ids(planner, quotes_lane({"W" + std::to_string(i)}), 1, 100, kStart, Priority::Warm);
    }
    std::vector<Priority> order;
    while (auto batch = planner.start(kStart)) {
      order.push_back(batch->reason.priority);
      planner.finish(batch->id);
    }
    REQUIRE(order.size() == 42);
    CHECK(order.front() == Priority::Foreground);
    const auto first_warm = std::find(order.begin(), order.end(), Priority::Warm) - order.begin();
    CHECK(first_warm >= 4);
    CHECK(first_warm <= 12);
  }

  TEST_CASE("what waits is bounded") {
    Planner planner({.max_calls = 1, .max_waiting = 3});
    add_ids(planner, quotes_lane(), 1, 3, kStart);
    CHECK_FALSE(planner.add(quotes_lane(), "4", reason_of(Priority::Foreground), kStart));
    REQUIRE(planner.start(kStart + 5ms));
    CHECK(planner.add(quotes_lane(), "4", reason_of(Priority::Foreground), kStart + 5ms));
  }

  TEST_CASE("a lane is known by its name, whoever has made it") {
    Planner planner({});
    for (int id = 1; id <= 3; ++id) add_ids(planner, quotes_lane({"USD", "EUR"}), id, id, kStart);
    const auto started = start_all(planner, kStart + 5ms);
    REQUIRE(started.size() == 1);
    CHECK(started[0].assets.size() == 3);
  }

  TEST_CASE("a batch is booked for what its most urgent asset is fetched for") {
    using quotecached::credit::Cause;
    const Reason cron{Priority::Warm, Cause::Cron, 7};
    const Reason refresh{Priority::Refresh, Cause::Refresh};
    const Reason miss{Priority::Foreground, Cause::Miss};
    Planner planner({});
    const auto id = planner.add(quotes_lane(), "1", cron, kStart);
    REQUIRE(id);
    SUBCASE("alone") {
      const auto batch = planner.start(kStart + 5ms);
      CHECK(batch->reason.cause == Cause::Cron);
      CHECK(batch->reason.run == 7);
    }
    SUBCASE("joined by equals, as it was opened for") {
      REQUIRE(planner.add(quotes_lane(), "2", {Priority::Warm, Cause::Warm, 8}, kStart));
      const auto batch = planner.start(kStart + 5ms);
      CHECK(batch->reason.cause == Cause::Cron);
      CHECK(batch->reason.run == 7);
    }
    SUBCASE("joined by more and by less urgent ones") {
      REQUIRE(planner.add(quotes_lane(), "2", miss, kStart));
      REQUIRE(planner.add(quotes_lane(), "3", refresh, kStart));
      const auto batch = planner.start(kStart + 5ms);
      CHECK(batch->reason.cause == Cause::Miss);
      CHECK(batch->reason.run == 0);
    }
    SUBCASE("when somebody comes to wait for it") {
      planner.promote(*id, refresh);
      CHECK(planner.start(kStart + 5ms)->reason.cause == Cause::Refresh);
    }
  }

  TEST_CASE("promoting a closed batch moves it ahead") {
    Planner planner({.max_calls = 2});
    std::optional<BatchId> warm;
    for (int id = 1; id <= 100; ++id)
      warm = planner.add(quotes_lane(), std::to_string(id), reason_of(Priority::Warm), kStart);
    REQUIRE(warm);
    planner.promote(*warm, reason_of(Priority::Foreground));
    const auto started = planner.start(kStart);
    REQUIRE(started);
    CHECK(started->id == *warm);
    CHECK(started->reason.priority == Priority::Foreground);
  }
}
