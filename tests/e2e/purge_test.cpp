// Purges: what a daemon, or either of two on one Redis, served before is not served after.
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <random>
#include <thread>

#include "e2e/bed.hpp"
#include "support/redis_server.hpp"

namespace quotecached::test {
namespace {

const std::string kWithRedis = R"(tiers.order=["memory", "redis", "sqlite"])";

// Upstream never changes by itself, but what an asset is called there does when a test says so.
struct Bed {
  explicit Bed(bool has_redis = true) : sim({.has_tls = false, .arguments = frozen()}) {
    keep_day(sim);
    sets = {"tiers.sqlite.timeout=5s", "freshness.ttl_jitter=0", R"(tags.two=["1","1027"])"};
    if (has_redis) {
      sets.insert(sets.end(),
                  {kWithRedis, "tiers.redis.url=" + redis.url(), "tiers.redis.timeout=5s"});
    }
  }

  [[nodiscard]] std::unique_ptr<Daemon> make_daemon() const {
    return std::make_unique<Daemon>(
        Daemon::Options{.base_url = sim.base_url(), .sets = sets, .toml = {}, .env = {}});
  }
  void rename(int id, int version) {
    sim.change_coin("{\"id\":" + std::to_string(id) + ",\"slug\":\"" + slug(id, version) + "\"}");
  }
  static std::string slug(int id, int version) {
    return "coin" + std::to_string(id) + "-v" + std::to_string(version) + "-";
  }

  RedisServer redis;
  Sim sim;
  std::vector<std::string> sets;
};

HttpResponse purge(Daemon& daemon, const std::string& query) {
  return daemon.request("DELETE", "/admin/cache?" + query);
}

std::string word(const HttpResponse& answer, const std::string& name) {
  CAPTURE(answer.body);
  CHECK(answer.status == 200);
  return json_text(answer.body, name);
}

const std::string kTwo = kV2Quotes + "?id=1,1027";

// The version in the slug of the coin; -1: it is not in there. 0: as it was called at first.
int version_in(const std::string& body, int id) {
  const std::string label = "\"coin" + std::to_string(id) + "-v";
  const auto at = body.find(label);
  if (at != std::string::npos) return std::stoi(body.substr(at + label.size()));
  const auto number = "\"id\":" + std::to_string(id) + ",";
  return body.find(number) == std::string::npos ? -1 : 0;
}

}  // namespace

TEST_SUITE("e2e::purge") {
  TEST_CASE("from no tier, by any name, and after a restart") {
    Bed bed;
    auto daemon = bed.make_daemon();
    const std::string list = "/v1/cryptocurrency/listings/latest?limit=20";
    const auto is_bought = [&](const std::string& target) {
      bed.sim.clear_calls();
      CHECK(daemon->get(target).status == 200);
      return !daemon_calls(bed.sim).empty();
    };
    for (const auto& target : {kTwo, list, kV2Quotes + "?symbol=LTC"}) CHECK(is_bought(target));
    REQUIRE(wait_until([&] { return stores(*daemon, "sqlite") >= 3; }));
    for (const auto& target : {kTwo, list}) CHECK_FALSE(is_bought(target));

    const auto dry = purge(*daemon, "asset=1&dry_run=true");
    CHECK(word(dry, "dry_run") == "true");
    CHECK(std::stoi(word(dry, "memory")) >= 2);  // the fragment and the list
    CHECK_FALSE(is_bought(kTwo));

    const auto done = purge(*daemon, "asset=bitcoin");
    CHECK(word(done, "kept") == "true");
    CHECK(word(done, "others") == "none");
    CHECK(std::stoi(word(done, "swept")) >= 2);
    CHECK(is_bought(list));
    CHECK(is_bought(kV2Quotes + "?id=1"));
    CHECK_FALSE(is_bought(kV2Quotes + "?id=1027"));
    CHECK_FALSE(is_bought(kTwo));

    CHECK(purge(*daemon, "tag=two&endpoint=v2.quotes").status == 200);
    daemon->kill9();
    daemon->start();
    CHECK_FALSE(is_bought(list));
    CHECK(is_bought(kV2Quotes + "?id=1"));
    CHECK(is_bought(kV2Quotes + "?id=1027"));
    CHECK(is_bought(kV2Quotes + "?symbol=LTC") == false);
  }

  TEST_CASE(
      "a slug covers an answer without slugs, and does so again once all that told its id is "
      "gone") {
    Bed bed(false);
    auto daemon = bed.make_daemon();
    const std::string conversion = "/v2/tools/price-conversion?amount=1&id=1";
    CHECK(daemon->get(kTwo).status == 200);
    for (int i = 0; i < 2; ++i) {
      CAPTURE(i);
      CHECK(daemon->get(conversion).status == 200);
      CHECK(purge(*daemon, "asset=slug:bitcoin").status == 200);
      bed.sim.clear_calls();
      CHECK(daemon->get(conversion).status == 200);
      CHECK(daemon_calls(bed.sim).size() == 1);
    }
  }

  TEST_CASE("a slug does so still when all was purged since, with the purge that told its id") {
    Bed bed(false);
    auto daemon = bed.make_daemon();
    const std::string conversion = "/v2/tools/price-conversion?amount=1&id=1";
    CHECK(daemon->get(kTwo).status == 200);
    CHECK(purge(*daemon, "asset=slug:bitcoin").status == 200);
    advance(*daemon, seconds(1));
    CHECK(purge(*daemon, "glob=*&yes=true").status == 200);
    advance(*daemon, seconds(1));
    CHECK(daemon->get(conversion).status == 200);
    CHECK(purge(*daemon, "asset=slug:bitcoin").status == 200);
    bed.sim.clear_calls();
    CHECK(daemon->get(conversion).status == 200);
    CHECK(daemon_calls(bed.sim).size() == 1);
  }

  TEST_CASE("what is priced in a purged coin is purged too, and an answer says so") {
    Bed bed(false);
    auto daemon = bed.make_daemon();
    const std::string in_bitcoin = kV2Quotes + "?id=1027&convert=BTC";
    CHECK(daemon->get(kTwo).status == 200);
    CHECK(daemon->get(in_bitcoin).status == 200);
    const auto answer = purge(*daemon, "asset=id:1");
    CHECK(json_value(answer.body, "quoted_in") == R"(["1","BTC"])");
    bed.sim.clear_calls();
    CHECK(is_hit(daemon->get(kV2Quotes + "?id=1027")));
    CHECK_FALSE(is_hit(daemon->get(in_bitcoin)));
    CHECK(daemon_calls(bed.sim).size() == 1);
  }

  TEST_CASE("a wider purge makes room for others") {
    Bed bed(false);
    auto daemon = bed.make_daemon();
    const auto rules_held = [&] {
      return std::string(json_value(daemon->get("/admin/stats").body, "purges"));
    };
    for (const auto* id : {"1", "2", "52", "1027"})
      CHECK(purge(*daemon, "asset=id:" + std::string(id)).status == 200);
    CHECK(rules_held() == "4");
    CHECK(purge(*daemon, "endpoint=quotes&yes=true").status == 200);
    CHECK(rules_held() == "5");
    CHECK(purge(*daemon, "glob=%2a&yes=true").status == 200);
    CHECK(rules_held() == "1");
    // In the same millisecond the wider one would cover this too, and it would not be held.
    advance(*daemon, seconds(1));
    CHECK(purge(*daemon, "asset=id:1").status == 200);
    daemon->kill9();
    daemon->start();
    CHECK(rules_held() == "2");
  }

  TEST_CASE("without another copy a failing upstream brings nothing back") {
    Bed bed(false);
    auto daemon = bed.make_daemon();
    CHECK(daemon->get(kTwo).status == 200);
    bed.sim.fault(R"({"kind":"status_5xx","count":-1})");
    CHECK(purge(*daemon, "endpoint=quotes&convert=USD").status == 200);
    CHECK(daemon->get(kTwo).status >= 500);
    bed.sim.clear_faults();
  }

  TEST_CASE("many entries need a word, and what is wrong is named") {
    Bed bed(false);
    auto daemon = bed.make_daemon();
    std::string many = "1";
    for (int i = 0; i < 110; ++i) many += "," + std::to_string(3000 + i);
    CHECK(daemon->get(kV2Quotes + "?id=" + many).status == 200);
    const auto refused = purge(*daemon, "glob=*");
    CHECK(refused.status == 409);
    CHECK(refused.header("content-type") == "application/problem+json");
    CHECK(refused.body.find("yes=true") != std::string::npos);
    CHECK(purge(*daemon, "glob=*&dry_run=true").status == 200);
    CHECK(std::stoi(word(purge(*daemon, "glob=*&yes=true"), "swept")) >= 100);
    for (const auto* query : {"", "asset=", "assets=1", "tag=nope", "endpoint=v9", "yes=2"}) {
      CAPTURE(query);
      CHECK(purge(*daemon, query).status == 400);
    }
    CHECK(daemon->get("/admin/cache").status == 405);
    CHECK(daemon->get("/admin/cache").header("allow") == "DELETE");
  }

  TEST_CASE("who cannot be asked is named, and hears of it before it serves again") {
    Bed bed;
    auto first = bed.make_daemon();
    auto second = bed.make_daemon();
    CHECK(second->get(kTwo).status == 200);
    REQUIRE(wait_until([&] { return word(purge(*first, "glob=x"), "others") == "confirmed"; }));
    second->kill9();
    const auto lonely = purge(*first, "asset=1");
    CHECK(word(lonely, "others") == "not confirmed");
    CHECK(lonely.body.find("\"not_confirmed\":[\"") != std::string::npos);
    second->start();
    bed.sim.clear_calls();
    CHECK(second->get(kTwo).status == 200);
    CHECK(daemon_calls(bed.sim).size() == 1);

    bed.redis.stop();
    CHECK(word(purge(*first, "asset=1027"), "others") == "not told");
    bed.redis.start();  // empty, and told anew
    REQUIRE(wait_until([&] {
      clear_memory(*second);
      bed.sim.clear_calls();
      CHECK(second->get(kV2Quotes + "?id=1027").status == 200);
      return !daemon_calls(bed.sim).empty();
    }));
  }

  TEST_CASE("under load no request to either of two daemons gets what was purged before") {
    Bed bed;
    std::array<std::unique_ptr<Daemon>, 2> daemons{bed.make_daemon(), bed.make_daemon()};
    bed.sim.set(R"({"latency":20})");
    constexpr std::array<int, 6> kIds{1, 1027, 52, 74, 2, 1839};
    std::array<std::atomic<int>, kIds.size()> purged{};  // the version that must be shown at least
    std::atomic<bool> is_over{false};
    std::atomic<int> answers{0};
    std::mutex mutex;
    std::vector<std::string> wrong;

    const auto client = [&](unsigned seed) {
      std::mt19937 random(seed);
      HttpClient http;
      while (!is_over) {
        const std::size_t at = random() % kIds.size();
        const std::size_t other = random() % kIds.size();
        const auto id = std::to_string(kIds[at]);
        const std::array<std::string, 5> targets{
            kV2Quotes + "?id=" + id,
            kV2Quotes + "?id=" + id + "," + std::to_string(kIds[other]),
            kV1Quotes + "?id=" + id,
            "/v1/cryptocurrency/listings/latest?limit=" + std::to_string(10 + random() % 2 * 10),
            "/quotes?ids=" + id};
        const auto& target = targets[random() % targets.size()];
        std::array<int, kIds.size()> least{};
        for (std::size_t i = 0; i < kIds.size(); ++i) least[i] = purged[i];
        const auto answer = http.get(daemons[seed % 2]->base_url() + target);
        ++answers;
        for (std::size_t i = 0; i < kIds.size(); ++i) {
          const int version = version_in(answer.body, kIds[i]);
          if (answer.status == 200 && (version < 0 || version >= least[i])) continue;
          const std::lock_guard lock(mutex);
          wrong.push_back(target + " " + std::to_string(answer.status) + " version " +
                          std::to_string(version) + " of " + std::to_string(kIds[i]) + ", not " +
                          std::to_string(least[i]) + ": " + answer.header("cache-status"));
        }
      }
    };
    std::vector<std::thread> clients;
    for (unsigned seed = 0; seed < 6; ++seed) clients.emplace_back(client, seed);

    std::mt19937 random(7);
    int confirmed = 0;
    for (int version = 1; version <= 60; ++version) {
      const std::size_t at = random() % kIds.size();
      const auto id = std::to_string(kIds[at]);
      bed.rename(kIds[at], version);
      const std::array<std::string, 3> queries{
          "asset=" + id, "asset=id:" + id + "&yes=true", "glob=*&yes=true"};
      const auto answer = purge(*daemons[random() % 2], queries[random() % queries.size()]);
      const bool is_confirmed = word(answer, "others") == "confirmed";
      confirmed += is_confirmed ? 1 : 0;
      if (is_confirmed) purged[at] = version;
    }
    is_over = true;
    for (auto& thread : clients) thread.join();
    MESSAGE(answers.load(), " answers, ", confirmed, " of 60 purges confirmed");
    CHECK(confirmed >= 55);
    for (std::size_t i = 0; i < wrong.size() && i < 10; ++i) MESSAGE(wrong[i]);
    CHECK(wrong.empty());
  }
}

}  // namespace quotecached::test
