// Two daemons on one server: no copy replaces a younger one, whoever comes last.
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "cache/chain.hpp"
#include "cache/memcached_tier.hpp"
#include "cache/redis_tier.hpp"
#include "support/memcached_server.hpp"
#include "support/redis_server.hpp"
#include "support/wait.hpp"
#include "tier_bed.hpp"

using namespace quotecached;
using namespace std::chrono_literals;
using cache::Item;
using cache::Tier;
using test::make_entry;
using test::TierBed;

namespace {

// Time enough on the busiest machine.
constexpr std::chrono::milliseconds kPatient{5'000};

// Servers, and tiers over them as two daemons have them.
struct Bed : TierBed {
  io::OffloadPool pool{io::OffloadPool::Options{.threads = 2}};
  test::RedisServer redis;
  test::MemcachedServer memcached;

  Bed() {
    redis.start();
    memcached.start();
  }
  std::unique_ptr<Tier> make(bool is_redis) {
    if (is_redis) {
      cache::RedisTier::Options options;
      options.url = redis.url();
      options.timeout = kPatient;
      options.connect_timeout = kPatient;
      return std::move(*cache::RedisTier::make(loop.get_executor(), options));
    }
    cache::MemcachedTier::Options options;
    options.servers = {memcached.address()};
    options.timeout = kPatient;
    return std::move(*cache::MemcachedTier::make(pool, options));
  }
  // What anybody may have put there.
  void put_raw(bool is_redis, const std::string& key, const std::string& bytes) {
    if (is_redis) {
      redis.run({"SET", key, bytes});
    } else {
      memcached.run("set " + key + " 0 0 " + std::to_string(bytes.size()) + "\r\n" + bytes);
    }
  }
};

}  // namespace

TEST_SUITE("cache: the younger copy stays") {
  TEST_CASE("an older copy that comes later is left out, junk and the future give way") {
    for (const bool is_redis : {true, false}) {
      CAPTURE(is_redis);
      Bed bed;
      auto first = bed.make(is_redis);
      auto second = bed.make(is_redis);
      REQUIRE(bed.store(*first, {{"a", make_entry("young", 1s)}}));
      REQUIRE(bed.store(*second, {{"a", make_entry("old", 120s)}, {"b", make_entry("other")}}));
      CHECK(bed.text(*first, "a") == "young");
      CHECK(bed.text(*first, "b") == "other");
      REQUIRE(bed.store(*second, {{"a", make_entry("younger")}}));
      CHECK(bed.text(*first, "a") == "younger");
      // In one batch too, in either order.
      REQUIRE(bed.store(*first, {{"c", make_entry("young")}, {"c", make_entry("old", 60s)}}));
      CHECK(bed.text(*first, "c") == "young");
      REQUIRE(bed.store(*first, {{"d", make_entry("old", 60s)}, {"d", make_entry("young")}}));
      CHECK(bed.text(*first, "d") == "young");

      REQUIRE(bed.store(*first, {{"e", make_entry("from the future", -1h)}}));
      REQUIRE(bed.store(*first, {{"e", make_entry("now")}}));
      CHECK(bed.text(*first, "e") == "now");
      for (const char* junk : {"", "junk", "a longer piece of junk, longer than a header"}) {
        bed.put_raw(is_redis, "f", junk);
        REQUIRE(bed.store(*first, {{"f", make_entry("ours", 60s)}}));
        CHECK(bed.text(*first, "f") == "ours");
      }
    }
  }

  TEST_CASE("what is no string gives way in Redis") {
    Bed bed;
    auto tier = bed.make(true);
    bed.redis.run({"LPUSH", "list", "1"});
    REQUIRE(bed.store(*tier, {{"list", make_entry("ours")}}));
    CHECK(bed.text(*tier, "list") == "ours");
  }

  TEST_CASE("of two that store at once the younger copy stays, each time") {
    constexpr int kKeys = 200;
    constexpr int kTurns = 20;
    for (const bool is_redis : {true, false}) {
      CAPTURE(is_redis);
      Bed bed;
      const std::vector<std::unique_ptr<Tier>> tiers = [&] {
        std::vector<std::unique_ptr<Tier>> made;
        for (int i = 0; i < 2; ++i) made.push_back(bed.make(is_redis));
        return made;
      }();
      int running = 0;
      for (int turn = 0; turn < kTurns; ++turn) {
        // Either may be the one with the older copies, or come first.
        for (std::size_t place = 0; place < 2; ++place) {
          const bool is_old = (turn + static_cast<int>(place)) % 2 == 0;
          std::vector<Item> items;
          for (int i = turn * kKeys / kTurns; i < (turn + 1) * kKeys / kTurns; ++i) {
            items.push_back(
                {"k" + std::to_string(i), make_entry(is_old ? "old" : "young", is_old ? 60s : 0s)});
          }
          ++running;
          boost::asio::co_spawn(bed.loop,
                                tiers[place]->store(std::move(items), test::now()),
                                [&running](std::exception_ptr, Result<void> stored) {
                                  CHECK(stored);
                                  --running;
                                });
        }
      }
      bed.loop.restart();
      const auto deadline = std::chrono::steady_clock::now() + 30s;
      while (running > 0 && std::chrono::steady_clock::now() < deadline)
        bed.loop.run_one_for(100ms);
      REQUIRE(running == 0);
      int young = 0;
      for (int i = 0; i < kKeys; ++i)
        young += bed.text(*tiers[0], "k" + std::to_string(i)) == "young" ? 1 : 0;
      CHECK(young == kKeys);
    }
  }

  TEST_CASE("two chains: what one copies up does not replace what the other has just fetched") {
    for (const bool is_redis : {true, false}) {
      CAPTURE(is_redis);
      Bed bed;
      const SystemClock clock;
      cache::MemoryTier first_memory{cache::MemoryTier::Options{}};
      cache::MemoryTier second_memory{cache::MemoryTier::Options{}};
      const auto chain_over = [&](cache::MemoryTier& memory) {
        std::vector<std::unique_ptr<Tier>> tiers;
        tiers.push_back(bed.make(is_redis));
        return std::make_unique<cache::Chain>(bed.loop.get_executor(),
                                              cache::Chain::Tiers{memory, std::move(tiers)},
                                              cache::Chain::Options{},
                                              clock,
                                              Log());
      };
      const auto first = chain_over(first_memory);
      const auto second = chain_over(second_memory);
      const auto stored = [](const cache::Chain& chain) {
        return chain.report().at(0).counters->stores.load();
      };
      const auto run_until_stored = [&](const cache::Chain& chain) {
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        while (stored(chain) == 0 && std::chrono::steady_clock::now() < deadline) {
          bed.loop.restart();
          bed.loop.run_for(5ms);
        }
        REQUIRE(stored(chain) == 1);
      };
      first->fill({{"a", make_entry("just fetched")}});
      run_until_stored(*first);
      second->fill({{"a", make_entry("from below", 200s)}});
      run_until_stored(*second);
      auto reader = bed.make(is_redis);
      CHECK(bed.text(*reader, "a") == "just fetched");
      for (const auto* chain : {first.get(), second.get()}) {
        boost::asio::co_spawn(
            bed.loop, const_cast<cache::Chain*>(chain)->stop(100ms), [](std::exception_ptr) {});
      }
      bed.loop.restart();
      bed.loop.run_for(500ms);
    }
  }
}
