// One asset under all its names, through the real daemon: bought once whatever it is asked by, from
// every tier, and right when names change hands.
#include <algorithm>

#include "e2e/bed.hpp"
#include "support/redis_server.hpp"

namespace quotecached::test {
namespace {

constexpr seconds kNames{3600};
constexpr seconds kStale{120};  // from then on a quote is not fresh

// XRP has its ticker alone.
const std::vector<std::string> kXrp{"id=52", "slug=xrp", "symbol=XRP", "symbol=xrp"};

struct Bed {
  explicit Bed(std::vector<std::string> more = {})
      : sim({.has_tls = false, .arguments = frozen()}) {
    keep_day(sim);
    sets = {"freshness.ttl_jitter=0", "upstream.failure_throttle=1s"};
    sets.insert(sets.end(), more.begin(), more.end());
    daemon = std::make_unique<Daemon>(
        Daemon::Options{.base_url = sim.base_url(), .sets = sets, .toml = {}, .env = {}});
  }

  // Asks, holds the answer against what the provider itself answers, and returns the ids in it.
  std::vector<std::string> ask_both(const std::string& target) {
    CAPTURE(target);
    const auto answer = daemon->get(target);
    CHECK_MESSAGE(answer.status == 200, answer.body);
    CHECK(data_of(answer) == data_of(ask(sim, target)));
    return ids_in(answer);
  }

  // What the daemon says, right or not any more.
  std::vector<std::string> ask_daemon(const std::string& target) {
    const auto answer = daemon->get(target);
    CHECK_MESSAGE(answer.status == 200, answer.body);
    return ids_in(answer);
  }

  static std::vector<std::string> ids_in(const HttpResponse& answer) {
    std::vector<std::string> ids;
    for (const auto& member : json_members(json_value(answer.body, "data"))) {
      if (member.value.front() != '[') ids.push_back(json_text(member.value, "id"));
      if (member.value.front() != '[') continue;
      for (const auto& one : json_members(member.value)) ids.push_back(json_text(one.value, "id"));
    }
    return ids;
  }

  // Calls of the daemon since the last time.
  std::size_t take_calls() {
    const auto calls = daemon_calls(sim).size();
    sim.clear_calls();
    return calls;
  }

  // Until the tier has all that was filed.
  void await_quiet(const std::string& tier) {
    double before = -1;
    REQUIRE(wait_until([&] {
      const double now = stores(*daemon, tier);
      return now > 0 && std::exchange(before, now) == now;
    }));
  }

  Sim sim;
  std::vector<std::string> sets;
  std::unique_ptr<Daemon> daemon;
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_SUITE("e2e::names") {
  TEST_CASE("one call for each generation of the API, in any order") {
    Bed bed;
    for (const auto& path : {kV1Quotes, kV2Quotes, kV3Quotes}) {
      CAPTURE(path);
      auto order = kXrp;
      std::ranges::sort(order);
      for (const auto& question : order) CHECK(bed.ask_both(path + "?" + question) == Ids{"52"});
      CHECK(bed.take_calls() == 2);  // by id, which tells the slug, and by symbol
      do {
        advance(*bed.daemon, kStale);
        std::int64_t credits = 0;
        for (const auto& question : order) {
          const auto answer = bed.daemon->get(path + "?" + question);
          CHECK(Bed::ids_in(answer) == Ids{"52"});
          credits += credits_of(answer);
        }
        CHECK(bed.take_calls() == 1);
        CHECK(credits == 1);
      } while (std::ranges::next_permutation(order).found);
    }
  }

  TEST_CASE("whoever shares a ticker is bought with it, and answers by id") {
    Bed bed;
    CHECK(bed.ask_both(kV2Quotes + "?symbol=BTC") == Ids{"1", "7", "6"});
    CHECK(bed.ask_both(kV2Quotes + "?id=1,6,7") == Ids{"1", "6", "7"});
    CHECK(bed.ask_both(kV2Quotes + "?slug=bitcoin") == Ids{"1"});
    CHECK(bed.take_calls() == 1);
    CHECK(bed.ask_both(kV1Quotes + "?symbol=BTC") == Ids{"1"});
    CHECK(bed.ask_both(kV1Quotes + "?slug=bitcoin") == Ids{"1"});
    CHECK(bed.take_calls() == 1);
    advance(*bed.daemon, kStale);
    CHECK(bed.ask_both(kV2Quotes + "?id=6") == Ids{"6"});
    // Those that share its ticker have gone along.
    CHECK(bed.ask_both(kV2Quotes + "?symbol=BTC") == Ids{"1", "7", "6"});
    CHECK(bed.take_calls() == 1);
  }

  TEST_CASE("after a restart names lead to what SQLite holds") {
    Bed bed;
    for (const auto& path : {kV1Quotes, kV2Quotes, kV3Quotes, kSimplePrice}) {
      CHECK(bed.ask_both(path + "?symbol=XRP,BTC").size() >= 2);
      CHECK(bed.ask_both(path + "?id=1027") == Ids{"1027"});
    }
    bed.await_quiet("sqlite");
    for (const std::string question :
         {"slug=xrp", "id=52", "symbol=XRP", "slug=ethereum", "id=7"}) {
      bed.daemon->restart();
      bed.take_calls();
      for (const auto& path : {kV1Quotes, kV2Quotes, kV3Quotes, kSimplePrice}) {
        if (question == "id=7" && path == kV1Quotes) continue;  // v1 has but the first of BTC
        CHECK(bed.ask_both(path + "?" + question).size() == 1);
      }
      CHECK(bed.take_calls() == 0);
    }
  }

  TEST_CASE("one daemon's purchases answer another's asks under other names, by Redis") {
    RedisServer redis;
    Bed first({R"(tiers.order=["memory","redis"])",
               "tiers.redis.url=" + redis.url(),
               "tiers.redis.timeout=5s"});
    CHECK(first.ask_both(kV2Quotes + "?symbol=XRP,BTC").size() == 4);
    CHECK(first.ask_both(kV2Quotes + "?id=1027") == Ids{"1027"});
    first.await_quiet("redis");
    Bed second({R"(tiers.order=["memory","redis"])",
                "tiers.redis.url=" + redis.url(),
                "tiers.redis.timeout=5s"});
    for (const std::string question : {"slug=bitcoin", "symbol=XRP", "slug=ethereum", "id=6"})
      CHECK(second.ask_both(kV2Quotes + "?" + question).size() == 1);
    CHECK(second.take_calls() == 0);
    // And without memory, from Redis again.
    clear_memory(*second.daemon);
    CHECK(second.ask_both(kV2Quotes + "?symbol=BTC") == Ids{"1", "7", "6"});
    CHECK(second.take_calls() == 0);
  }

  TEST_CASE("a renamed coin answers to its new name at once, and never to another's") {
    Bed bed;
    for (const auto& question : kXrp) CHECK(bed.ask_both(kV2Quotes + "?" + question) == Ids{"52"});
    CHECK(bed.ask_both(kV2Quotes + "?slug=litecoin") == Ids{"2"});
    // XRP and Litecoin change slugs; tickers stay.
    bed.sim.change_coin(R"({"id":52,"slug":"between"})");
    bed.sim.change_coin(R"({"id":2,"slug":"xrp"})");
    bed.sim.change_coin(R"({"id":52,"slug":"litecoin"})");
    advance(*bed.daemon, kStale);
    CHECK(bed.ask_both(kV2Quotes + "?id=52") == Ids{"52"});
    CHECK(bed.ask_both(kV2Quotes + "?slug=xrp") == Ids{"2"});
    CHECK(bed.ask_both(kV2Quotes + "?slug=litecoin") == Ids{"52"});
    CHECK(bed.ask_both(kV2Quotes + "?symbol=XRP") == Ids{"52"});
    // A new ticker: the old one is nobody's.
    bed.sim.change_coin(R"({"id":52,"symbol":"XRPX"})");
    advance(*bed.daemon, kStale);
    CHECK(bed.ask_both(kV2Quotes + "?symbol=XRPX") == Ids{"52"});
    CHECK(bed.ask_both(kV2Quotes + "?id=52") == Ids{"52"});
  }

  TEST_CASE("a ticker taken over by a larger coin is right within freshness.names") {
    Bed bed;
    CHECK(bed.ask_both(kV1Quotes + "?symbol=XRP") == Ids{"52"});
    bed.sim.change_coin(R"({"id":2,"symbol":"XRP","rank":1})");
    advance(*bed.daemon, kStale);
    const auto meanwhile = bed.ask_daemon(kV1Quotes + "?symbol=XRP");
    CHECK((meanwhile == Ids{"52"} || meanwhile == Ids{"2"}));
    advance(*bed.daemon, kNames);
    CHECK(bed.ask_both(kV1Quotes + "?symbol=XRP") == Ids{"2"});
    // Of the second generation: two coins under one ticker from then on.
    CHECK(bed.ask_both(kV2Quotes + "?symbol=XRP") == Ids{"2", "52"});
    bed.sim.change_coin(R"({"id":74,"symbol":"XRP","rank":2})");
    advance(*bed.daemon, kNames + kStale);
    CHECK(bed.ask_both(kV2Quotes + "?symbol=XRP") == Ids{"2", "74", "52"});
  }

  TEST_CASE("symbols that clients ask for are told anew by one call, and counted") {
    Bed bed;
    const std::vector<std::string> symbols{"BTC", "LTC", "XRP"};
    for (const auto& symbol : symbols) (void)bed.ask_both(kV2Quotes + "?symbol=" + symbol);
    CHECK(bed.take_calls() == 3);
    advance(*bed.daemon, kNames * 2 / 3);
    for (const auto& symbol : symbols) (void)bed.ask_both(kV2Quotes + "?symbol=" + symbol);
    auto calls = daemon_calls(bed.sim);
    REQUIRE(calls.size() == 1);
    CHECK(calls.front().target.find("symbol=XRP") == std::string::npos);
    CHECK(calls.front().target.find("XRP") != std::string::npos);
    CHECK(calls.front().credits == 1);
    CHECK(metric(*bed.daemon, "quotecached_names_told_total") == 6);
    // Longer than they were believed at first, by id.
    bed.sim.clear_calls();
    advance(*bed.daemon, kNames * 5 / 12);
    const auto led = metric(*bed.daemon, "quotecached_names_led_total{kind=\"symbol\"}");
    for (const auto& symbol : symbols) (void)bed.ask_both(kV2Quotes + "?symbol=" + symbol);
    calls = daemon_calls(bed.sim);
    REQUIRE(calls.size() == 1);
    CHECK(calls.front().target.find("?id=") != std::string::npos);
    CHECK(metric(*bed.daemon, "quotecached_names_led_total{kind=\"symbol\"}") == led + 3);
  }

  TEST_CASE("when the coin that a ticker meant is delisted, the ticker is asked for anew") {
    Bed bed;
    bed.sim.change_coin(R"({"id":2,"symbol":"XRP","rank":9000})");
    CHECK(bed.ask_both(kV1Quotes + "?symbol=XRP") == Ids{"52"});
    bed.sim.change_coin(R"({"id":52,"delisted":true})");
    // Until the loss of its price is believed the copy answers; then the asset says it is inactive.
    REQUIRE(wait_until([&] {
      advance(*bed.daemon, seconds(301));
      (void)bed.daemon->get(kV1Quotes + "?id=52");
      return Bed::ids_in(bed.daemon->get(kV1Quotes + "?symbol=XRP")) == Ids{"2"};
    }));
    CHECK(bed.ask_both(kV1Quotes + "?symbol=XRP") == Ids{"2"});
  }

  TEST_CASE("with freshness.names = 0 each name is bought by itself") {
    Bed bed({"freshness.names=0s"});
    for (const auto& question : kXrp) CHECK(bed.ask_both(kV2Quotes + "?" + question) == Ids{"52"});
    CHECK(bed.take_calls() == 3);
  }

  TEST_CASE("while upstream is down, names that were learned lead to stale copies") {
    Bed bed;
    CHECK(bed.ask_both(kV2Quotes + "?symbol=XRP") == Ids{"52"});
    bed.await_quiet("sqlite");
    bed.sim.fault(R"({"kind":"status_5xx","count":-1})");
    advance(*bed.daemon, kNames + kStale);
    clear_memory(*bed.daemon);
    for (const std::string question : {"slug=xrp", "id=52", "symbol=XRP"}) {
      const auto answer = bed.daemon->get(kV2Quotes + "?" + question);
      CHECK_MESSAGE(answer.status == 200, answer.body);
      CHECK(Bed::ids_in(answer) == Ids{"52"});
      CHECK(age_of(answer) >= kNames.count());
      CHECK(answer.header("warning").starts_with("110"));
    }
  }
}

}  // namespace quotecached::test
