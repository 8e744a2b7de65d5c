// Pages of lists: one call brings what many pages need, and each page is what the provider would
// have said.
#include "e2e/bed.hpp"
#include "support/redis_server.hpp"

namespace quotecached::test {
namespace {

const std::string kV1Listings = "/v1/cryptocurrency/listings/latest";
const std::string kV3Listings = "/v3/cryptocurrency/listings/latest";
const std::string kMap = "/v1/cryptocurrency/map";

// Coins that never had a price are stamped with the moment; here only those with one are listed.
const std::string kPriced = "&price_min=0.000000001";

struct Bed {
  explicit Bed(std::vector<std::string> more = {})
      : sim({.has_tls = false, .arguments = frozen()}) {
    keep_day(sim);
    more.insert(more.end(), {"freshness.ttl_jitter=0", "tiers.sqlite.timeout=5s"});
    daemon.emplace(Daemon::Options{
        .base_url = sim.base_url(), .sets = std::move(more), .toml = {}, .env = {}});
    sim.clear_calls();
  }

  // Asks the daemon for the page, and holds it against the simulator's own answer.
  HttpResponse get(const std::string& target) {
    HttpResponse answer = daemon->get(target);
    CAPTURE(target);
    CHECK(answer.status == 200);
    CHECK((data_of(answer) == data_of(ask(sim, target))));
    return answer;
  }

  Sim sim;
  std::optional<Daemon> daemon;
};

bool is_stale(const HttpResponse& answer) { return source_of(answer).starts_with("stale"); }

std::string page(const std::string& path, int start, int limit, const std::string& more = {}) {
  return path + "?start=" + std::to_string(start) + "&limit=" + std::to_string(limit) + more;
}

std::string targets_of(const std::vector<SimCall>& calls) {
  std::string targets;
  for (const auto& call : calls) targets += call.target + " ";
  return targets;
}

}  // namespace

TEST_SUITE("e2e::pages") {
  TEST_CASE("twenty pages of a listing cost one credit, in every generation") {
    for (const auto& list : std::vector<std::pair<std::string, std::string>>{
             {kV1Listings, kPriced},
             {kV1Listings, kPriced + "&convert=EUR&sort=volume_24h&aux=cmc_rank"},
             {kV3Listings, kPriced + "&convert=EUR"}}) {
      Bed bed;
      const auto& [path, more] = list;
      CAPTURE(list.second);
      long credits = 0;
      for (int i = 0; i < 20; ++i) {
        const auto answer = bed.get(page(path, 1 + i * 10, 10, more));
        credits += credits_of(answer);
        CHECK(source_of(answer) == (i == 0 ? "upstream" : "memory"));
        CHECK(is_hit(answer) == (i > 0));
        CHECK(status_of(answer, "total_count") ==
              status_of(ask(bed.sim, page(path, 1 + i * 10, 10, more)), "total_count"));
      }
      const auto calls = daemon_calls(bed.sim);
      MESSAGE(targets_of(calls));
      CHECK(metric(*bed.daemon, "quotecached_lists_widened_total") == 1);
      CHECK(metric(*bed.daemon, "quotecached_pages_cut_total") == 20);
      CHECK(calls.size() == 1);
      CHECK(charged(calls) == 1);
      CHECK(credits == 1);
      // The next page is another credit's.
      CHECK(credits_of(bed.get(page(path, 201, 10, more))) == 1);
    }
  }

  TEST_CASE("a page that was cut is a hit by its own key, of the age of what it was cut from") {
    Bed bed;
    bed.get(page(kV1Listings, 1, 10, kPriced));
    advance(*bed.daemon, seconds(20));
    const auto target = page(kV1Listings, 11, 10, kPriced);
    const auto cut = bed.get(target);
    CHECK(age_of(cut) >= 20);
    CHECK(max_age_of(cut) >= 59);  // Age counts against it
    const auto again = bed.daemon->get(target);
    CHECK(again.body == cut.body);
    CHECK(again.header("etag") == cut.header("etag"));
    CHECK(bed.daemon->get(target, {"If-None-Match: " + cut.header("etag")}).status == 304);
    // Its freshness ends with that of the rest.
    advance(*bed.daemon, seconds(41));
    CHECK(age_of(bed.get(target)) < 60);  // who asks first waits for the next
    CHECK(daemon_calls(bed.sim).size() == 2);
    const auto other = page(kV1Listings, 91, 10, kPriced);
    CHECK(wait_until([&] { return source_of(bed.daemon->get(other)) == "memory"; }));
    CHECK(age_of(bed.daemon->get(other)) < 60);
    CHECK(daemon_calls(bed.sim).size() == 2);
  }

  TEST_CASE("clients that ask for neighbouring pages at once share a call") {
    Bed bed;
    bed.sim.set(R"({"latency":300})");
    std::vector<std::string> urls;
    for (int i = 0; i < 20; ++i)
      urls.push_back(bed.daemon->url(page(kV1Listings, 1 + i * 10, 10, kPriced)));
    HttpClient client;
    long credits = 0;
    for (const auto& answer : client.get_all(urls, urls.size())) {
      CHECK(answer.status == 200);
      credits += credits_of(answer);
    }
    CHECK(daemon_calls(bed.sim).size() == 1);
    CHECK(credits == 1);
  }

  TEST_CASE("maps of coins, fiats, exchanges and categories come by one call each") {
    for (const auto& path : std::vector<std::string>{
             kMap, "/v1/fiat/map", "/v1/exchange/map", "/v1/cryptocurrency/categories"}) {
      CAPTURE(path);
      Bed bed;
      for (const auto& [start, limit] :
           {std::pair{1, 10}, {31, 7}, {3, 1}, {90, 10}, {400, 50}, {21, 4980}})
        bed.get(page(path, start, limit));
      CHECK(daemon_calls(bed.sim).size() == 1);
      MESSAGE(targets_of(daemon_calls(bed.sim)));
      // The provider looks at nothing else when coins are named.
      if (path != kMap) continue;
      bed.get(path + "?symbol=BTC&limit=1");
      CHECK(daemon_calls(bed.sim).size() == 2);
    }
  }

  TEST_CASE("what somebody has fetched answers for its parts") {
    Bed bed;
    bed.get(kV1Listings + "?limit=1000" + kPriced);
    bed.get(kMap);
    CHECK(daemon_calls(bed.sim).size() == 2);
    for (const int start : {1, 191, 401, 951}) bed.get(page(kV1Listings, start, 50, kPriced));
    bed.get(page(kMap, 101, 50));
    CHECK(daemon_calls(bed.sim).size() == 2);
    // Of another series nothing is taken.
    bed.get(page(kV1Listings, 191, 50, kPriced + "&convert=EUR"));
    bed.get(page(kV3Listings, 191, 50, kPriced));
    CHECK(daemon_calls(bed.sim).size() == 4);
  }

  TEST_CASE("after a restart pages come out of the database") {
    Bed bed({R"(tiers.order=["memory","sqlite"])"});
    bed.get(page(kV1Listings, 11, 10, kPriced));
    bed.get(page(kMap, 11, 10));
    REQUIRE(wait_until([&] { return stores(*bed.daemon, "sqlite") >= 2; }));
    bed.daemon->restart();
    advance(*bed.daemon, seconds(30));
    for (const int start : {101, 191}) {
      const auto listed = bed.get(page(kV1Listings, start, 10, kPriced));
      CHECK(source_of(listed) == (start == 101 ? "sqlite" : "memory"));
      CHECK(age_of(listed) >= 30);
      CHECK(source_of(bed.get(page(kMap, start, 10))) == (start == 101 ? "sqlite" : "memory"));
    }
    CHECK(daemon_calls(bed.sim).size() == 2);
  }

  TEST_CASE("daemons that share a Redis share what pages are cut from") {
    RedisServer redis;
    const std::vector<std::string> sets{R"(tiers.order=["memory","redis"])",
                                        "tiers.redis.url=" + redis.url(),
                                        "tiers.redis.timeout=5s"};
    Bed bed(sets);
    Daemon second({.base_url = bed.sim.base_url(), .sets = sets, .toml = {}, .env = {}});
    bed.sim.clear_calls();
    const auto first = bed.get(page(kV1Listings, 11, 10, kPriced));
    REQUIRE(wait_until([&] { return stores(*bed.daemon, "redis") >= 1; }));
    advance(second, seconds(15));
    const auto answer = second.get(page(kV1Listings, 51, 10, kPriced));
    CHECK(source_of(answer) == "redis");
    CHECK(age_of(answer) >= 15);
    CHECK(data_of(answer) == data_of(ask(bed.sim, page(kV1Listings, 51, 10, kPriced))));
    CHECK(daemon_calls(bed.sim).size() == 1);
  }

  TEST_CASE("daemons that miss neighbouring pages at once make one call") {
    RedisServer redis;
    const std::vector<std::string> sets{R"(tiers.order=["memory","redis"])",
                                        "tiers.redis.url=" + redis.url(),
                                        "tiers.redis.timeout=5s"};
    Bed bed(sets);
    Daemon second({.base_url = bed.sim.base_url(), .sets = sets, .toml = {}, .env = {}});
    // Both are connected, to Redis and upstream.
    REQUIRE(bed.daemon->get(kV2Quotes + "?id=1027").status == 200);
    REQUIRE(second.get(kV2Quotes + "?id=1839").status == 200);
    bed.sim.set(R"({"latency":300})");
    bed.sim.clear_calls();
    std::vector<std::string> urls;
    for (int i = 0; i < 20; ++i) {
      const auto& daemon = i % 2 == 0 ? *bed.daemon : second;
      urls.push_back(daemon.url(page(kV1Listings, 1 + i * 10, 10, kPriced)));
    }
    HttpClient client;
    long credits = 0;
    for (const auto& answer : client.get_all(urls, urls.size())) {
      CHECK(answer.status == 200);
      credits += credits_of(answer);
    }
    CHECK(daemon_calls(bed.sim).size() == 1);
    CHECK(credits == 1);
  }

  TEST_CASE("where more than was asked for is refused, the client gets his page all the same") {
    Bed bed;
    bed.sim.fault(R"({"kind":"status_5xx","count":1,"path":"/v1/cryptocurrency/listings",)"
                  R"("params":{"status":400}})");
    CHECK(credits_of(bed.get(page(kV1Listings, 11, 10, kPriced))) == 1);
    bed.get(page(kV1Listings, 21, 10, kPriced));  // as it stands at once
    const auto calls = daemon_calls(bed.sim);
    REQUIRE(calls.size() == 3);
    CHECK(calls[0].target.find("limit=200") != std::string::npos);
    CHECK(calls[1].target.find("limit=10") != std::string::npos);
    CHECK(calls[2].target.find("limit=10") != std::string::npos);
  }

  TEST_CASE("lists may be asked for as clients do, or less of them than a credit pays for") {
    Bed off({"upstream.list_bytes=0KiB"});
    for (const int start : {1, 11}) off.get(page(kV1Listings, start, 10, kPriced));
    CHECK(targets_of(daemon_calls(off.sim)).find("limit=200") == std::string::npos);
    CHECK(daemon_calls(off.sim).size() == 2);
    Bed some({"upstream.list_bytes=100KiB"});
    some.get(page(kV1Listings, 1, 10, kPriced));
    CHECK(targets_of(daemon_calls(some.sim)).find("limit=50") != std::string::npos);
  }

  TEST_CASE("while upstream fails, pages come from what is stale, and say so") {
    Bed bed;
    bed.get(page(kV1Listings, 1, 10, kPriced));
    advance(*bed.daemon, seconds(600));
    bed.sim.fault(R"({"kind":"status_5xx","count":-1})");
    const auto answer = bed.daemon->get(page(kV1Listings, 51, 10, kPriced));
    CHECK(answer.status == 200);
    CHECK(is_stale(answer));
    CHECK(age_of(answer) >= 600);
    bed.sim.clear_faults();
    CHECK(data_of(answer) == data_of(ask(bed.sim, page(kV1Listings, 51, 10, kPriced))));
  }

  TEST_CASE("what is missing from the wider page alone keeps no client from his own") {
    Bed bed;
    const auto rows = data_of(ask(bed.sim, page(kV1Listings, 101, 100)));
    auto missing = json_members(rows);
    missing.resize(20);  // of two hundred: more than a total may be wrong by
    for (const auto& row : missing) {
      bed.sim.fault(R"({"kind":"missing_asset","count":-1,"params":{"id":)" +
                    std::string(json_value(row.value, "id")) + "}}");
    }
    bed.sim.clear_calls();
    for (const int start : {1, 11}) {
      const auto answer = bed.get(page(kV1Listings, start, 10));
      CHECK(json_members(data_of(answer)).size() == 10);
      CHECK(source_of(answer) == "upstream");
    }
    CHECK(daemon_calls(bed.sim).size() == 3);  // the wider page is left alone for a while
  }

  TEST_CASE("a list that lost its rows does not replace the good one, for any page of it") {
    Bed bed;
    bed.get(page(kV1Listings, 1, 10));
    advance(*bed.daemon, seconds(61));
    bed.sim.fault(R"({"kind":"missing_asset","count":-1,"path":"/v1/cryptocurrency/listings"})");
    for (const int start : {1, 101}) {
      const auto answer = bed.daemon->get(page(kV1Listings, start, 10));
      CHECK(answer.status == 200);
      CHECK(is_stale(answer));
      CHECK(data_of(answer).size() > 1000);
    }
    REQUIRE(wait_until([&] { return daemon_calls(bed.sim).size() == 2; }));
    const auto answer = bed.daemon->get(page(kV1Listings, 151, 10));
    CHECK(is_stale(answer));
    CHECK(data_of(answer).size() > 1000);
  }
}

}  // namespace quotecached::test
