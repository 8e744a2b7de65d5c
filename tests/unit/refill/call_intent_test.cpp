#include "refill/call_intent.hpp"

#include <doctest/doctest.h>

#include "batch_parts.hpp"
#include "renewals_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;
using namespace quotecached::test;
using ledger::Purpose;

using Names = std::vector<std::string>;

namespace {

credit::CallIntent intent(const LanePtr& lane, const BatchAssets& assets, Reason reason = {}) {
  const credit::PriceCheck prices;
  return intent_of(*lane, assets, reason, prices, 20s);
}

}  // namespace

TEST_SUITE("refill::intent_of") {
  TEST_CASE("names what the call is made for, counts what rides, and prices both") {
    BatchAssets assets{asked_by("alice", "1"), asked_by("bob", "2")};
    for (int id = 3; id <= 100; ++id) assets.push_back(riding(std::to_string(id)));
    const auto call = intent(quotes_in("USD"), assets);
    CHECK(call.endpoint == "v2.quotes");
    CHECK(call.kind == "id");
    CHECK(call.assets == Names{"1", "2"});
    CHECK(call.riding == 98);
    CHECK(call.client == "alice");
    CHECK(call.purpose == Purpose::Miss);
    CHECK(call.predicted.count == 1);
    CHECK(call.worst_case.count == 1);
    CHECK(call.is_exact);
    CHECK(call.step == 100);
  }

  TEST_CASE("converts beyond the first are paid for whatever rides") {
    const BatchAssets assets{asked_by("alice", "1", 3), riding("2", 3)};
    const auto call = intent(quotes_in("USD,EUR,GBP"), assets);
    CHECK(call.predicted.count == 3);
    CHECK(call.fixed.count == 2);
  }

  TEST_CASE("who asked for what rides asks for it as a miss") {
    const BatchAssets assets{asked_by("", "1"), riding("2")};
    assets[0].pendings.front()->is_needed = false;
    struct Row {
      Priority priority;
      Purpose purpose;
    };
    for (const auto& row : {Row{Priority::Refresh, Purpose::Refresh},
                            Row{Priority::Warm, Purpose::Ahead},
                            Row{Priority::Backfill, Purpose::Ahead}}) {
      CHECK(intent(quotes_in("USD"), assets, {row.priority, credit::Cause::Refresh}).purpose ==
            row.purpose);
    }
    assets[1].pendings.front()->is_needed = true;
    const auto call = intent(quotes_in("USD"), assets, {Priority::Refresh, credit::Cause::Refresh});
    CHECK(call.purpose == Purpose::Miss);
    CHECK(call.assets == Names{"1"});
    CHECK(call.riding == 1);
  }

  TEST_CASE("waits for its turn as long as who asked last") {
    const BatchAssets assets{asked_by("alice", "1", 2), riding("2", 2)};
    const std::chrono::steady_clock::time_point start{100h};
    assets[0].pendings[0]->last_wanted = start;
    assets[0].pendings[1]->last_wanted = start + 2s;
    assets[1].pendings[0]->last_wanted = start + 1s;
    CHECK(last_wanted(assets) == start + 2s);
    CHECK(intent(quotes_in("USD,EUR"), assets).deadline == start + 22s);
  }

  TEST_CASE("a whole answer names no assets") {
    const auto call =
        intent(lane_of("/v1/cryptocurrency/listings/latest?limit=10"), {asked_by("alice", "")});
    CHECK(call.assets.empty());
    CHECK(call.riding == 0);
    CHECK(call.kind.empty());
  }
}
