#include "refill/shares.hpp"

#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"

using namespace quotecached;
using namespace quotecached::refill;

namespace {

LanePtr lane_in(const std::string& converts) {
  catalog::Request request;
  const std::string target = "/v2/cryptocurrency/quotes/latest?id=1&convert=" + converts;
  REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, request));
  return lane_of(request);
}

BatchAsset asset_of(const std::string& name, std::size_t converts) {
  BatchAsset asset{.name = name, .pendings = {}};
  for (std::size_t i = 0; i < converts; ++i) {
    auto pending = std::make_shared<Pending>();
    pending->key = name + "-" + std::to_string(i);
    asset.pendings.push_back(std::move(pending));
  }
  return asset;
}

// "1:1-0,1-1 2:2-0,2-1": the assets with their keys.
std::string spelled(const BatchAssets& assets) {
  std::string text;
  for (const auto& asset : assets) {
    text += (text.empty() ? "" : " ") + asset.name + ":";
    for (const auto& pending : asset.pendings)
      text += (pending == asset.pendings.front() ? "" : ",") + pending->key;
  }
  return text;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_SUITE("refill::share") {
  TEST_CASE("what is all ours goes by the lane as it is") {
    const auto lane = lane_in("USD,EUR");
    const BatchAssets assets{asset_of("1", 2), asset_of("2", 2)};
    CHECK(open_keys(assets) == Names{"1-0", "1-1", "2-0", "2-1"});
    const auto shares = share(lane, assets, {true, true, true, true});
    REQUIRE(shares.ours.size() == 1);
    CHECK(shares.ours[0].lane == lane);
    CHECK(spelled(shares.ours[0].assets) == "1:1-0,1-1 2:2-0,2-1");
    CHECK(shares.theirs.empty());
  }

  TEST_CASE("of an asset that a neighbour fetches in one currency the other is ours") {
    const auto lane = lane_in("USD,EUR,GBP");
    const BatchAssets assets{
        asset_of("1", 3), asset_of("2", 3), asset_of("3", 3), asset_of("4", 3)};
    const auto shares = share(lane,
                              assets,
                              {false,
                               true,
                               true,  // USD is theirs
                               false,
                               false,
                               false,  // all are
                               false,
                               true,
                               true,  //
                               true,
                               true,
                               true});
    REQUIRE(shares.ours.size() == 2);
    CHECK(shares.ours[0].lane->parts().converts == Names{"EUR", "GBP"});
    CHECK(spelled(shares.ours[0].assets) == "1:1-1,1-2 3:3-1,3-2");
    CHECK(shares.ours[1].lane == lane);
    CHECK(spelled(shares.ours[1].assets) == "4:4-0,4-1,4-2");
    CHECK(spelled(shares.theirs) == "1:1-0,1-1,1-2 2:2-0,2-1,2-2 3:3-0,3-1,3-2");
  }

  TEST_CASE("of what rides that is dropped which is another daemon's, and its claims are told") {
    const auto lane = lane_in("USD,EUR");
    BatchAssets assets{asset_of("1", 2), asset_of("2", 2), asset_of("3", 2)};
    for (auto* asset : {&assets[1], &assets[2]}) {
      for (const auto& pending : asset->pendings) pending->is_wanted = false;
    }
    const auto all = pendings_of(assets);
    auto shares = share(lane, assets, {false, true, false, true, false, false});
    drop_riders(shares);
    CHECK(spelled(shares.theirs) == "1:1-0,1-1");
    REQUIRE(shares.ours.size() == 1);
    CHECK(spelled(shares.ours[0].assets) == "1:1-1 2:2-1");
    Names dropped;
    for (const auto& one : all) {
      if (is_dropped(*one)) dropped.push_back(one->key);
    }
    CHECK(dropped == Names{"2-0", "3-0", "3-1"});
    all[3]->resolved.set();  // 2-1: no call was made for it
    Names claimed{"1-1", "2-1"};
    CHECK(take_dropped(claimed, all) == Names{"2-1"});
    CHECK(claimed == Names{"1-1"});
  }

  TEST_CASE("what was answered meanwhile is nobody's") {
    const auto lane = lane_in("USD,EUR");
    const BatchAssets assets{asset_of("1", 2), asset_of("2", 2)};
    assets[0].pendings[0]->resolved.set();
    assets[1].pendings[0]->resolved.set();
    assets[1].pendings[1]->resolved.set();
    CHECK(open_keys(assets) == Names{"1-1"});
    auto shares = share(lane, assets, {true});
    REQUIRE(shares.ours.size() == 1);
    CHECK(shares.ours[0].lane->parts().converts == Names{"EUR"});
    CHECK(spelled(shares.ours[0].assets) == "1:1-1");
    CHECK(shares.theirs.empty());
    shares = share(lane, assets, {false});
    CHECK(shares.ours.empty());
    CHECK(spelled(shares.theirs) == "1:1-0,1-1");
  }
}
