#include "refill/batch_asset.hpp"

#include <doctest/doctest.h>

#include "batch_parts.hpp"

using namespace quotecached;
using namespace quotecached::refill;
using namespace quotecached::test;

using Names = std::vector<std::string>;

TEST_SUITE("refill::BatchAsset") {
  TEST_CASE("an asset rides for as long as nobody asks for it") {
    const auto wanted = asked_by("alice", "1");
    CHECK_FALSE(rides(wanted));
    CHECK_FALSE(is_riding(wanted));
    const auto rider = riding("2", 2);
    CHECK(rides(rider));
    CHECK(is_riding(rider));
    rider.pendings[1]->is_wanted = true;  // in one convert
    CHECK(rides(rider));
    CHECK_FALSE(is_riding(rider));
  }

  TEST_CASE("those that only ride are dropped without a word, the others stay in order") {
    BatchAssets assets{asked_by("alice", "1"), riding("2", 2), riding("3"), asked_by("bob", "4")};
    const auto dropped = assets[1];
    const auto joined = assets[2];
    joined.pendings.front()->is_wanted = true;
    CHECK(drop_riders(assets));
    CHECK(names_of(assets) == Names{"1", "3", "4"});
    for (const auto& one : dropped.pendings) {
      CHECK(one->resolved.is_set());
      CHECK_FALSE(one->entry);
      CHECK_FALSE(one->failure);
    }
    CHECK_FALSE(is_resolved(joined));
    CHECK_FALSE(drop_riders(assets));
    CHECK(assets.size() == 3);
  }

  TEST_CASE("a batch is for nobody when all of it may be dropped") {
    BatchAssets assets;
    CHECK(is_for_nobody(assets));
    assets.push_back(riding("1"));
    assets.push_back(riding("2"));
    CHECK(is_for_nobody(assets));
    assets.back().pendings.front()->is_wanted = true;
    CHECK_FALSE(is_for_nobody(assets));
    CHECK_FALSE(is_for_nobody({asked_by("", "1")}));
  }
}
