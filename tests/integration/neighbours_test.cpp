#include "refill/neighbours.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "cache/chain.hpp"
#include "cache/redis_tier.hpp"
#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"
#include "support/redis_server.hpp"
#include "tier_bed.hpp"

using namespace quotecached;
using namespace quotecached::refill;
using namespace std::chrono_literals;

namespace {

// A chain over a Redis.
struct Bed : test::TierBed {
  Bed() {
    redis.start();
    cache::RedisTier::Options options;
    options.url = redis.url();
    options.timeout = 5s;
    std::vector<std::unique_ptr<cache::Tier>> tiers;
    tiers.push_back(std::move(*cache::RedisTier::make(loop.get_executor(), options)));
    chain = std::make_unique<cache::Chain>(loop.get_executor(),
                                           cache::Chain::Tiers{memory, std::move(tiers)},
                                           cache::Chain::Options{},
                                           clock,
                                           Log());
  }
  ~Bed() {
    boost::asio::co_spawn(loop, chain->stop(500ms), [](std::exception_ptr) {});
    loop.restart();
    loop.run_for(3s);
    chain.reset();
  }

  // Until Redis has them.
  void fill(std::vector<cache::Item> items) {
    std::vector<std::string> keys;
    for (const auto& item : items) keys.push_back(item.key);
    chain->fill(std::move(items));
    const auto is_there = [&] {
      return std::ranges::all_of(await(chain->lookup(keys)),
                                 [](const auto& hit) { return hit.entry != nullptr; });
    };
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!is_there() && std::chrono::steady_clock::now() < end) {
    }
    REQUIRE(is_there());
  }

  test::RedisServer redis;
  SystemClock clock;
  cache::MemoryTier memory{cache::MemoryTier::Options{}};
  std::unique_ptr<cache::Chain> chain;
};

LanePtr lane_of(const std::string& converts) {
  catalog::Request request;
  REQUIRE_FALSE(
      catalog::parse_target(catalog::Catalogue::built_in(),
                            "/v2/cryptocurrency/quotes/latest?symbol=A&convert=" + converts,
                            request));
  return refill::lane_of(request);
}

BatchAsset asset_of(const std::string& name, const std::vector<std::string>& keys) {
  BatchAsset asset{.name = name, .pendings = {}};
  for (const auto& key : keys) {
    asset.pendings.push_back(std::make_shared<Pending>());
    asset.pendings.back()->key = key;
  }
  return asset;
}

}  // namespace

TEST_SUITE("refill::Neighbours") {
  TEST_CASE("what a neighbour brought meanwhile is taken, though patience is over") {
    Bed bed;
    const auto entry = test::make_entry("{}");
    bed.fill({{"btc:usd", entry}, {"btc:eur", entry}});
    Neighbours neighbours(nullptr, *bed.chain, {}, bed.clock);

    BatchAssets theirs{asset_of("BTC", {"btc:usd", "btc:eur"}), asset_of("ETH", {"eth:usd"})};
    const auto ours = theirs[0].pendings[0];
    resolve(*ours, entry, nullptr);  // by a call of our own, which took long
    const auto found = theirs[0].pendings[1];
    std::vector<std::string> claimed;
    const auto shares = bed.await(neighbours.await(
        lane_of("USD"), std::move(theirs), std::chrono::steady_clock::now() - 1s, &claimed));
    REQUIRE(found->entry);
    CHECK(found->entry->fragment.text == "{}");
    CHECK(found->is_from_neighbour);
    CHECK_FALSE(ours->is_from_neighbour);
    REQUIRE(shares.ours.size() == 1);  // what did not come is ours to fetch
    CHECK(names_of(shares.ours.front().assets) == std::vector<std::string>{"ETH"});
  }
}
