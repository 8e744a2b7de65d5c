// Redis and Memcached that die, hang or hold rubbish, under load: no client sees it, the daemon
// says it once, and uses them again when they are back.
#include <functional>

#include <doctest/doctest.h>

#include "e2e/fault_bed.hpp"
#include "e2e/health_text.hpp"
#include "support/memcached_server.hpp"
#include "support/redis_server.hpp"

namespace quotecached::test {
namespace {

using Tiers = std::vector<std::string>;

// Memory, the tiers named, and their servers, over Unix sockets. A failure of `struck` costs half a
// second; the other tiers have time enough on the busiest machine.
struct Chain {
  const Tiers lower;
  Sim sim{Sim::Options{.arguments = frozen()}};
  RedisServer redis;
  MemcachedServer memcached;
  Daemon daemon;
  std::vector<int> ids;

  explicit Chain(Tiers tiers, const std::string& struck = {})
      : lower(std::move(tiers)),
        daemon({.base_url = sim.base_url(), .sets = settings(struck)}),
        ids(asset_ids(sim, 200)) {
    keep_day(sim);
  }

  [[nodiscard]] std::vector<std::string> settings(const std::string& struck) const {
    const auto timeout = [&](const std::string& tier) {
      return "tiers." + tier + ".timeout=" + (tier == struck ? "500ms" : "5s");
    };
    return {"tiers.order=" + order(lower),
            "tiers.redis.url=" + redis.url(),
            "tiers.memcached.servers=" + memcached.address(),
            timeout("redis"),
            timeout("memcached"),
            timeout("sqlite"),
            "freshness.quotes.fresh=1h"};  // a copy that expires is asked for upstream
  }
  static std::string order(const Tiers& tiers) {
    std::string text = "[\"memory\"";
    for (const auto& tier : tiers) text += ",\"" + tier + "\"";
    return text + "]";
  }
  CacheServer& server(const std::string& tier) {
    if (tier == "redis") return redis;
    return memcached;
  }
  double is_open(const std::string& tier) { return tier_metric(daemon, "breaker_open", tier); }
  double uses(const std::string& tier) {
    return tier_metric(daemon, "hits_total", tier) + tier_metric(daemon, "stores_total", tier);
  }
  // Until every tier has every asset.
  void fill() {
    warm_up(daemon, ids);
    for (const auto& tier : lower) {
      REQUIRE(wait_until([&] {
        return tier_metric(daemon, "stores_total", tier) >= static_cast<double>(ids.size());
      }));
    }
    sim.clear_calls();
  }
  // Lookups in the lower tiers, for that long.
  void churn(milliseconds duration, const std::function<bool()>& is_over = [] { return false; }) {
    const auto end = Steady::now() + duration;
    while (Steady::now() < end && !is_over()) {
      clear_memory(daemon);
      let_run(milliseconds(60));
    }
  }
};

struct Violence {
  const char* tier;
  const char* how;
};

void strike(CacheServer& server, const std::string& how) {
  if (how == "kill -9") {
    server.kill9();
  } else {
    server.sigstop();
  }
}

void repair(CacheServer& server, const std::string& how) {
  if (how == "kill -9") {
    server.start();
  } else {
    server.sigcont();
  }
}

std::vector<microseconds> memory_hits(const Load::Report& seen) {
  return seen.times([](const Load::Sample& sample) { return sample.is_memory_hit; });
}

void check_violence(const Violence& violence) {
  const std::string tier = violence.tier;
  const std::string name = tier + " " + violence.how;
  CAPTURE(name);
  // The one that is hurt comes first, so that lookups meet it.
  const Tiers tiers =
      tier == "redis" ? Tiers{"redis", "memcached", "sqlite"} : Tiers{"memcached", "sqlite"};
  Chain chain(tiers, tier);
  chain.fill();
  Load load(chain.daemon.base_url(), {.ids = chain.ids});
  chain.churn(milliseconds(500));
  const auto before = load.take();
  let_run(milliseconds(500));
  const auto calm = load.take();

  strike(chain.server(tier), violence.how);
  const auto struck = Steady::now();
  chain.churn(milliseconds(20'000), [&] { return chain.is_open(tier) == 1; });
  const double opened = ms_since(struck);
  CHECK(chain.is_open(tier) == 1);
  const auto during = load.take();
  chain.churn(milliseconds(400));
  let_run(milliseconds(800));
  const auto open = load.take();
  CHECK(count_of(chain.daemon.log(), "tier_down tier=" + tier) == 1);
  CHECK(turns(chain.daemon, tier + ":responseTime", "warn"));

  repair(chain.server(tier), violence.how);
  const auto repaired = Steady::now();
  const double uses = chain.uses(tier);
  chain.churn(milliseconds(20'000), [&] { return chain.uses(tier) > uses; });
  const double back = ms_since(repaired);
  CHECK(chain.uses(tier) > uses);
  CHECK(chain.is_open(tier) == 0);
  chain.churn(milliseconds(300));
  const auto after = load.stop();
  for (const auto* seen : {&before, &calm, &during, &open, &after}) {
    INFO(seen->wrongs());
    CHECK(seen->bad.empty());
    CHECK(!seen->good.empty());
  }
  CHECK(count_of(chain.daemon.log(), "tier_down") == 1);
  CHECK(count_of(chain.daemon.log(), "tier_up tier=" + tier) == 1);
  CHECK(chain.sim.calls().empty());  // the tiers below had everything
  const auto p90_calm = percentile(memory_hits(calm), 0.9);
  const auto p90_open = percentile(memory_hits(open), 0.9);
  const auto all = before.good.size() + calm.good.size() + during.good.size() + open.good.size() +
                   after.good.size();
  MESSAGE(name << ": " << all << " answers, 0 errors; breaker open after " << opened
               << " ms, back in use after " << back << " ms; p90 of memory hits " << ms(p90_calm)
               << " ms before, " << ms(p90_open) << " ms with it open; slowest answer meanwhile "
               << ms(percentile(during.times([](const auto&) { return true; }), 1)) << " ms");
  CHECK(p90_open < std::max<microseconds>(milliseconds(100), p90_calm * 5));
}

TEST_SUITE("e2e::TierFaults") {
  TEST_CASE("redis killed under load") { check_violence({"redis", "kill -9"}); }
  TEST_CASE("redis stopped under load") { check_violence({"redis", "SIGSTOP"}); }
  TEST_CASE("memcached killed under load") { check_violence({"memcached", "kill -9"}); }
  TEST_CASE("memcached stopped under load") { check_violence({"memcached", "SIGSTOP"}); }

  TEST_CASE("late replies are never taken for the answer to another request") {
    for (const std::string tier : {"redis", "memcached"}) {
      CAPTURE(tier);
      Chain chain({tier, "sqlite"}, tier);
      chain.fill();
      Load load(chain.daemon.base_url(), {.ids = chain.ids, .pause = milliseconds(5)});
      // Around the tier's timeout of 500 ms: replies come just in time, and just too late.
      for (int round = 0; round < 8; ++round) {
        clear_memory(chain.daemon);
        chain.server(tier).sigstop();
        let_run(milliseconds(200 + 100 * round));
        chain.server(tier).sigcont();
        let_run(milliseconds(20));
      }
      const double uses = chain.uses(tier);
      chain.churn(milliseconds(20'000), [&] { return chain.uses(tier) > uses + 100; });
      CHECK(chain.uses(tier) > uses);
      const auto seen = load.stop();
      INFO(seen.wrongs());
      CHECK(seen.bad.empty());
      MESSAGE(tier << " stopped and resumed 8 times: " << seen.good.size()
                   << " answers, each about its own asset; failures of the tier "
                   << tier_metric(chain.daemon, "failures_total", tier));
    }
  }
}

// --- rubbish under our keys ---

std::vector<std::string> keys_of(RedisServer& redis) {
  std::vector<std::string> keys;
  std::string list = redis.run({"KEYS", "qc1:*"}) + "\n";
  for (std::size_t at = 0; at < list.size();) {
    const auto end = list.find('\n', at);
    if (end > at) keys.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return keys;
}

// What to put under key `i` of `keys`, whose good value is `value`.
std::string rubbish(std::size_t i, const std::string& value, const std::string& other) {
  std::string spoilt = value;
  switch (i % 7) {
    case 0: return "garbage";
    case 1: return {};
    case 2: return value.substr(0, value.size() / 2);
    case 3:
      spoilt[value.size() / 2] = static_cast<char>(spoilt[value.size() / 2] ^ 1);
      return spoilt;
    case 4: return other;  // good, but another asset's
    case 5: return value + "x";
    default: return std::string(100'000, '\xff');
  }
}

TEST_SUITE("e2e::TierRubbish") {
  TEST_CASE("a Redis full of rubbish under our keys is a miss, never an answer") {
    Chain chain({"redis"});
    chain.ids.resize(70);
    chain.fill();
    const auto keys = keys_of(chain.redis);
    REQUIRE(keys.size() == 2 * chain.ids.size());  // each with the alias of its slug
    std::vector<std::string> good;
    for (const auto& key : keys) good.push_back(chain.redis.run({"GET", key}));
    for (std::size_t i = 0; i < keys.size(); ++i) {
      REQUIRE(!good[i].empty());
      const std::string value = rubbish(i, good[i], good[(i + 1) % keys.size()]);
      chain.redis.run({"SET", keys[i], value});
      REQUIRE(chain.redis.run({"GET", keys[i]}) == value);
    }
    clear_memory(chain.daemon);
    for (const int id : chain.ids) {
      const auto answer = chain.daemon.get(quotes_of(id));
      CAPTURE(answer.body);
      REQUIRE(answer.status == 200);
      REQUIRE(is_about(answer.body, id));
      CHECK(source_of(answer) == "upstream");
    }
    const double undecodable = tier_metric(chain.daemon, "undecodable_total", "redis");
    MESSAGE(keys.size() << " values of rubbish in 7 kinds: " << undecodable << " counted, "
                        << chain.sim.calls().size() << " fetched anew, 0 served");
    CHECK(undecodable >= static_cast<double>(chain.ids.size()));  // it is asked again before a call
    CHECK(chain.is_open("redis") == 0);  // it works; only what it holds does not
    // What was fetched has replaced the rubbish.
    const auto is_repaired = [&] {
      clear_memory(chain.daemon);
      return source_of(chain.daemon.get(quotes_of(chain.ids.back()))) == "redis";
    };
    CHECK(wait_until(is_repaired));
  }

  TEST_CASE("values of another type under our keys are a miss too") {
    Chain chain({"redis"});
    chain.ids.resize(10);
    chain.fill();
    for (const auto& key : keys_of(chain.redis)) {
      chain.redis.run({"DEL", key});
      chain.redis.run({"LPUSH", key, "an element"});
    }
    clear_memory(chain.daemon);
    for (const int id : chain.ids) {
      const auto answer = chain.daemon.get(quotes_of(id));
      CHECK(answer.status == 200);
      CHECK(is_about(answer.body, id));
    }
  }
}

}  // namespace
}  // namespace quotecached::test
