// The whole chain over real servers that are killed, stopped and started again.
#include "cache/chain.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "cache/memcached_tier.hpp"
#include "cache/redis_tier.hpp"
#include "support/memcached_server.hpp"
#include "support/redis_server.hpp"
#include "tier_bed.hpp"

using namespace quotecached;
using namespace std::chrono_literals;
using cache::Chain;
using cache::Hit;
using test::make_entry;
using test::TierBed;
using Steady = std::chrono::steady_clock;

namespace {

struct Bed : TierBed {
  test::RedisServer redis;
  test::MemcachedServer memcached;
  io::OffloadPool pool{io::OffloadPool::Options{}};
  SystemClock clock;
  cache::MemoryTier memory{cache::MemoryTier::Options{}};
  std::unique_ptr<Chain> chain;

  Bed() {
    redis.start();
    memcached.start();
    cache::RedisTier::Options redis_options;
    redis_options.url = redis.url();
    redis_options.timeout = 1s;  // what a lookup costs while it stands still
    redis_options.connect_timeout = 5s;
    cache::MemcachedTier::Options memcached_options;
    memcached_options.servers = {memcached.address()};
    memcached_options.timeout = 5s;
    std::vector<std::unique_ptr<cache::Tier>> tiers;
    tiers.push_back(std::move(*cache::RedisTier::make(loop.get_executor(), redis_options)));
    tiers.push_back(std::move(*cache::MemcachedTier::make(pool, memcached_options)));
    chain = std::make_unique<Chain>(loop.get_executor(),
                                    Chain::Tiers{memory, std::move(tiers)},
                                    Chain::Options{},
                                    clock,
                                    Log());
  }
  ~Bed() {
    boost::asio::co_spawn(loop, chain->stop(500ms), [](std::exception_ptr) {});
    loop.restart();
    loop.run_for(3s);
    chain.reset();
  }

  Hit lookup(const std::string& key) {
    std::vector<std::string> keys = {key};
    return await(chain->lookup(keys)).at(0);
  }
  void run_until(const std::function<bool()>& is_true, milliseconds limit = 30s) {
    const auto deadline = Steady::now() + limit;
    while (!is_true() && Steady::now() < deadline) {
      loop.restart();
      loop.run_for(5ms);
    }
    REQUIRE(is_true());
  }
  bool is_up(std::size_t tier) const {
    return chain->report().at(tier).state == Breaker::State::Closed;
  }
};

}  // namespace

TEST_SUITE("cache::Chain over servers") {
  TEST_CASE("a fill reaches every tier, and a hit below comes back up with its age") {
    Bed bed;
    const auto entry = make_entry("{}", 10s);
    bed.chain->fill({{"a", entry}});
    CHECK(bed.memory.lookup("a") == entry);
    bed.run_until([&] { return !bed.memcached.get("a").empty(); });
    bed.run_until([&] { return bed.redis.run({"EXISTS", "a"}) == "1"; });
    bed.memory.clear();
    CHECK(bed.lookup("a").tier == 0);
    bed.memory.clear();
    bed.redis.flush();
    const Hit hit = bed.lookup("a");
    REQUIRE(hit.entry);
    CHECK(hit.tier == 1);
    CHECK(hit.entry->fetched_at == entry->fetched_at);
    CHECK(bed.memory.lookup("a") == hit.entry);
    bed.run_until([&] { return bed.redis.run({"EXISTS", "a"}) == "1"; });
    CHECK(std::stol(bed.redis.run({"PTTL", "a"})) <= 290'000);
  }

  TEST_CASE("a tier that dies is skipped, and in use again within five seconds of its return") {
    struct Row {
      const char* name;
      bool is_killed;
    };
    for (const Row& row : {Row{"killed", true}, Row{"stopped", false}}) {
      CAPTURE(row.name);
      Bed bed;
      bed.chain->fill({{"a", make_entry("a")}});
      bed.run_until([&] { return !bed.memcached.get("a").empty(); });
      (void)bed.lookup("b");
      if (row.is_killed) {
        bed.redis.kill9();
      } else {
        bed.redis.sigstop();
      }
      for (int i = 0; i < 3; ++i) {
        const Hit hit = bed.lookup("a");
        CHECK(hit.entry != nullptr);
        CHECK(bed.took < 3s);
      }
      CHECK_FALSE(bed.is_up(0));
      CHECK(bed.lookup("a").tier == 1);
      CHECK(bed.took < 700ms);  // skipped at once
      bed.run_until([&] { return bed.chain->report()[0].counters->failures >= 5; }, 15s);
      if (row.is_killed) {
        bed.redis.start();
      } else {
        bed.redis.sigcont();
      }
      // The five seconds are the longest pause between probes; a busy machine may take longer.
      CHECK(Chain::Options{}.breaker.last_probe_after < 5s);
      bed.run_until([&] { return bed.is_up(0); }, 15s);
      bed.chain->fill({{"c", make_entry("c")}});
      bed.run_until([&] { return bed.redis.run({"EXISTS", "c"}) == "1"; });
    }
  }

  TEST_CASE("with every tier down, lookups find nothing and end at once") {
    Bed bed;
    (void)bed.lookup("a");
    bed.redis.kill9();
    bed.memcached.kill9();
    for (int i = 0; i < 4; ++i) CHECK(bed.lookup("a").entry == nullptr);
    CHECK_FALSE(bed.is_up(0));
    CHECK_FALSE(bed.is_up(1));
    CHECK(bed.lookup("a").entry == nullptr);
    CHECK(bed.took < 700ms);
    bed.chain->fill({{"a", make_entry("a")}});
    CHECK(bed.memory.lookup("a") != nullptr);
    CHECK(bed.chain->report()[0].counters->dropped_writes >= 1);
  }
}
