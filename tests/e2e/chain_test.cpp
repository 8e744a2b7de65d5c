// The tier chain on real servers: which tier answers when those above it are emptied, and that no
// copy ever gets younger on its way up.
#include "e2e/bed.hpp"
#include "support/memcached_server.hpp"
#include "support/redis_server.hpp"

namespace quotecached::test {
namespace {

const std::string kFull = R"(tiers.order=["memory", "redis", "memcached", "sqlite"])";
const std::string kFive = kV2Quotes + "?id=1,2,52,74,1027&convert=EUR";
constexpr long kSlack = 12;  // seconds that pass on a busy machine between two looks at a clock

struct Bed {
  explicit Bed(std::vector<std::string> more = {})
      : sim({.has_tls = false, .arguments = frozen()}) {
    keep_day(sim);
    sets = {kFull,
            "tiers.redis.url=" + redis.url(),
            "tiers.memcached.servers=" + memcached.address(),
            "tiers.redis.timeout=5s",
            "tiers.memcached.timeout=5s",
            "tiers.sqlite.timeout=5s",
            "freshness.ttl_jitter=0",
            "freshness.names=0s"};  // aliases would be among the entries that are counted
    sets.insert(sets.end(), more.begin(), more.end());
    daemon = make_daemon();
  }

  [[nodiscard]] std::unique_ptr<Daemon> make_daemon() const {
    return std::make_unique<Daemon>(
        Daemon::Options{.base_url = sim.base_url(), .sets = sets, .toml = {}, .env = {}});
  }

  // Waits until the tier has stored that many entries since the daemon started.
  void await_stores(const std::string& tier, double entries) const {
    CAPTURE(tier);
    REQUIRE(wait_until([&] { return stores(*daemon, tier) >= entries; }));
  }

  RedisServer redis;
  MemcachedServer memcached;
  Sim sim;
  std::vector<std::string> sets;
  std::unique_ptr<Daemon> daemon;
};

// Asks, and checks where the answer came from and how old it says it is.
HttpResponse expect(Daemon& daemon, const std::string& source, long age) {
  HttpResponse answer = daemon.get(kFive);
  CAPTURE(source);
  CHECK(answer.status == 200);
  CHECK(source_of(answer) == source);
  CHECK(age_of(answer) >= age);
  CHECK(age_of(answer) <= age + kSlack);
  CHECK(credits_of(answer) == (source == "upstream" ? 1 : 0));
  MESSAGE("from ", source, ": age ", age_of(answer), " s, ", answer.header("cache-status"));
  return answer;
}

}  // namespace

TEST_SUITE("e2e::chain") {
  TEST_CASE("each tier answers when those above it are emptied, and ages go on") {
    Bed bed;
    Daemon& daemon = *bed.daemon;
    const std::string data = data_of(expect(daemon, "upstream", 0));
    const auto same = [&](const HttpResponse& answer) { CHECK((data_of(answer) == data)); };
    same(expect(daemon, "memory", 0));
    for (const std::string tier : {"redis", "memcached", "sqlite"}) bed.await_stores(tier, 5);
    MESSAGE("keys in Redis:\n", bed.redis.run({"KEYS", "qc1:*"}));

    advance(daemon, seconds(10));
    clear_memory(daemon);
    same(expect(daemon, "redis", 10));
    same(expect(daemon, "memory", 10));  // copied up

    advance(daemon, seconds(10));
    bed.redis.flush();
    clear_memory(daemon);
    same(expect(daemon, "memcached", 20));
    bed.await_stores("redis", 10);
    clear_memory(daemon);
    same(expect(daemon, "redis", 20));  // copied up

    advance(daemon, seconds(10));
    bed.redis.flush();
    bed.memcached.flush();
    clear_memory(daemon);
    same(expect(daemon, "sqlite", 30));
    bed.await_stores("redis", 15);
    bed.await_stores("memcached", 10);
    bed.redis.flush();
    clear_memory(daemon);
    same(expect(daemon, "memcached", 30));  // copied up, no younger for it

    advance(daemon, seconds(15));
    same(expect(daemon, "memory", 45));
    CHECK(daemon_calls(bed.sim).size() == 1);
    advance(daemon, seconds(15));  // the age at which quotes end to be fresh, whatever the copies
    clear_memory(daemon);
    bed.redis.flush();
    CHECK(source_of(daemon.get(kFive)) != "memcached");
    MESSAGE("one upstream call in 60 s, ", charged(daemon_calls(bed.sim)), " credit");
  }

  TEST_CASE("after a restart, graceful or by kill -9, SQLite answers and upstream is not asked") {
    for (const bool is_kill : {false, true}) {
      CAPTURE(is_kill);
      Bed bed({R"(tiers.order=["memory", "sqlite"])"});
      Daemon& daemon = *bed.daemon;
      const std::string data = data_of(expect(daemon, "upstream", 0));
      if (is_kill) {
        bed.await_stores("sqlite", 5);
        daemon.kill9();
        daemon.start();
      } else {
        daemon.restart();
      }
      bed.sim.clear_calls();
      advance(daemon, seconds(20));
      CHECK((data_of(expect(daemon, "sqlite", 20)) == data));
      expect(daemon, "memory", 20);
      CHECK(daemon_calls(bed.sim).empty());
    }
  }

  TEST_CASE("a kill -9 in the middle of writes never leaves a wrong or a younger answer") {
    Bed bed({R"(tiers.order=["memory", "sqlite"])"});
    std::size_t kept = 0;
    for (int round = 0; round < 5; ++round) {
      CAPTURE(round);
      std::string many;
      for (int i = 0; i < 200; ++i)
        many += (many.empty() ? "" : ",") + std::to_string(3000 + round * 200 + i);
      const std::string target = kV2Quotes + "?id=" + many;
      const std::string expected = without_stamps(data_of(ask(bed.sim, target)));
      REQUIRE(bed.daemon->get(target).status == 200);
      bed.daemon->kill9();
      bed.daemon->start();
      bed.sim.clear_calls();
      const HttpResponse answer = bed.daemon->get(target);
      CHECK((without_stamps(data_of(answer)) == expected));
      CHECK(age_of(answer) >= 0);
      if (daemon_calls(bed.sim).empty()) ++kept;
    }
    MESSAGE("5 kills right after the answer: ", kept, " times all of it was on disk already");
  }

  TEST_CASE("what was paid for stays usable in every tier for as long as its family is fresh") {
    // Longer than the cap of any tier: 5 min, 10 min and an hour.
    Bed bed({"freshness.quotes.fresh=2h"});
    Daemon& daemon = *bed.daemon;
    expect(daemon, "upstream", 0);
    for (const std::string tier : {"redis", "memcached", "sqlite"}) bed.await_stores(tier, 5);
    const std::string redis_ttl = bed.redis.run({"PTTL", "qc1:v2.quotes:id:1:EUR:-"});
    CHECK(std::stol(redis_ttl) > 7'190'000);
    CHECK(std::stol(redis_ttl) <= 7'200'000);

    advance(daemon, seconds(3700));
    clear_memory(daemon);
    expect(daemon, "redis", 3700);
    bed.redis.flush();
    clear_memory(daemon);
    expect(daemon, "memcached", 3700);
    bed.redis.stop();
    bed.memcached.stop();
    clear_memory(daemon);
    expect(daemon, "sqlite", 3700);
    CHECK(daemon_calls(bed.sim).size() == 1);
    MESSAGE("PTTL in Redis: ", redis_ttl, " ms");

    advance(daemon, seconds(3600));  // past two hours, and past stale_while_revalidate
    clear_memory(daemon);
    expect(daemon, "upstream", 0);
    CHECK(daemon_calls(bed.sim).size() == 2);
  }

  TEST_CASE("after a restart nothing is bought again whose family is still fresh") {
    // Longer than SQLite's cap in its own right: a day.
    Bed bed({R"(tiers.order=["memory","sqlite"])"});
    const std::vector<std::string> targets{
        "/v1/cryptocurrency/map?limit=10", "/v2/cryptocurrency/info?id=1", "/v1/fiat/map"};
    for (const auto& target : targets) REQUIRE(bed.daemon->get(target).status == 200);
    bed.await_stores("sqlite", 3);
    REQUIRE(daemon_calls(bed.sim).size() == 3);
    bed.daemon->restart();
    advance(*bed.daemon, seconds(20 * 3600));
    for (const auto& target : targets) {
      CAPTURE(target);
      const auto answer = bed.daemon->get(target);
      CHECK(answer.status == 200);
      CHECK(source_of(answer) == "sqlite");
    }
    CHECK(daemon_calls(bed.sim).size() == 3);
  }

  TEST_CASE("tiers stand in the order that is configured") {
    struct Row {
      std::string order;
      std::vector<std::string> tiers;
    };
    const std::vector<Row> rows{
        {R"(["memory", "memcached", "redis"])", {"memcached", "redis"}},
        {R"(["memory", "sqlite", "redis"])", {"sqlite", "redis"}},
        {R"(["memory", "memcached"])", {"memcached"}},
        {R"(["memory"])", {}},
    };
    for (const Row& row : rows) {
      CAPTURE(row.order);
      Bed bed({"tiers.order=" + row.order});
      Daemon& daemon = *bed.daemon;
      expect(daemon, "upstream", 0);
      for (const std::string& tier : row.tiers) bed.await_stores(tier, 5);
      clear_memory(daemon);
      expect(daemon, row.tiers.empty() ? "upstream" : row.tiers.front(), 0);
      if (row.tiers.size() < 2 || row.tiers.front() != "memcached") continue;
      bed.memcached.flush();
      clear_memory(daemon);
      expect(daemon, row.tiers.back(), 0);
    }
  }

  TEST_CASE("two daemons on one Redis: the second one hits what the first one fetched") {
    Bed bed({R"(tiers.order=["memory", "redis"])"});
    const auto second = bed.make_daemon();
    const std::string data = data_of(expect(*bed.daemon, "upstream", 0));
    bed.await_stores("redis", 5);
    advance(*second, seconds(15));  // as if it were asked 15 s later
    CHECK((data_of(expect(*second, "redis", 15)) == data));
    expect(*second, "memory", 15);
    // What the second one lacks is all it asks for.
    bed.sim.clear_calls();
    const HttpResponse more = second->get(kV2Quotes + "?id=1,2,52,74,1027,1839&convert=EUR");
    CHECK(more.header("cache-status").find("fwd=partial") != std::string::npos);
    const auto calls = daemon_calls(bed.sim);
    REQUIRE(calls.size() == 1);
    CHECK(calls.front().target.find("id=1839&") != std::string::npos);
    CHECK(age_of(more) >= 15);  // of its oldest part
  }
}

}  // namespace quotecached::test
