// Several daemons that share one Redis.
#include <doctest/doctest.h>

#include "support/address.hpp"
#include "support/daemon.hpp"
#include "support/redis_server.hpp"
#include "support/sim.hpp"

namespace quotecached::test {
namespace {

// Of a daemon over that Redis, which is waited for on the busiest machine.
std::vector<std::string> sets_for(const RedisServer& redis) {
  return {R"(tiers.order=["memory","redis"])",
          "tiers.redis.url=" + redis.url(),
          "tiers.redis.timeout=5s"};
}

TEST_SUITE("e2e::Neighbours") {
  TEST_CASE("two daemons that miss the same key at once make one call") {
    Sim sim;
    RedisServer redis;
    const Daemon::Options options{.base_url = sim.base_url(), .sets = sets_for(redis)};
    Daemon first(options);
    Daemon second(options);
    // Both are connected, to Redis and upstream.
    REQUIRE(first.get("/v2/cryptocurrency/quotes/latest?id=1027").status == 200);
    REQUIRE(second.get("/v2/cryptocurrency/quotes/latest?id=1839").status == 200);
    sim.set(R"({"latency":300})");
    sim.clear_calls();

    std::vector<std::string> urls;
    for (int i = 0; i < 20; ++i) {
      auto& daemon = i % 2 == 0 ? first : second;
      urls.push_back(daemon.url("/v2/cryptocurrency/quotes/latest?id=1"));
    }
    HttpClient client;
    const auto answers = client.get_all(urls, urls.size());
    std::string body;
    for (const auto& answer : answers) {
      CAPTURE(answer.error);
      REQUIRE(answer.status == 200);
      const auto data = answer.body.substr(answer.body.find("\"data\""));
      if (body.empty()) body = data;
      CHECK(data == body);
    }
    const auto calls = sim.calls().size();
    MESSAGE("20 clients, 2 daemons, one cold asset: " << calls << " upstream call(s)");
    CHECK(calls == 1);
  }

  TEST_CASE("daemons that ask for overlapping currencies pay for each currency once") {
    Sim sim;
    RedisServer redis;
    const Daemon::Options options{.base_url = sim.base_url(), .sets = sets_for(redis)};
    Daemon first(options);
    Daemon second(options);
    // Both are connected, to Redis and upstream.
    REQUIRE(first.get("/v2/cryptocurrency/quotes/latest?id=1027").status == 200);
    REQUIRE(second.get("/v2/cryptocurrency/quotes/latest?id=1839").status == 200);
    const auto are_claims = [&] { return !redis.run({"KEYS", "qc1-claim:*"}).empty(); };
    REQUIRE(wait_until([&] { return !are_claims(); }));
    sim.set(R"({"latency":1000})");
    sim.clear_calls();

    const std::string target = "/v2/cryptocurrency/quotes/latest?id=1&convert=";
    Connection client(first.socket());
    client.send("GET " + target + "USD HTTP/1.1\r\nHost: test\r\n\r\n");
    REQUIRE(wait_until(are_claims));
    const auto both = second.get(target + "USD,EUR");
    CHECK(both.status == 200);
    CHECK(both.body.find("\"USD\"") != std::string::npos);
    CHECK(both.body.find("\"EUR\"") != std::string::npos);
    std::int64_t credits = 0;
    std::string targets;
    for (const auto& call : sim.calls()) {
      credits += call.credits;
      targets += call.target + "\n";
    }
    MESSAGE("USD, and USD with EUR: " << credits << " credits for\n" << targets);
    CHECK(sim.calls().size() == 2);
    CHECK(credits == 2);
  }

  TEST_CASE("a daemon that dies while it fetches holds its neighbour up only so long") {
    Sim sim;
    RedisServer redis;
    const Daemon::Options options{.base_url = sim.base_url(), .sets = sets_for(redis)};
    Daemon first(options);
    Daemon second(options);
    sim.fault(R"({"kind":"hang","count":1})");
    Connection client(first.socket());
    client.send("GET /v2/cryptocurrency/quotes/latest?id=1 HTTP/1.1\r\nHost: test\r\n\r\n");
    REQUIRE(wait_until([&] { return sim.calls().size() == 1; }));
    first.kill9();
    const auto answer = second.get("/v2/cryptocurrency/quotes/latest?id=1");
    CHECK(answer.status == 200);
    MESSAGE("answered after " << answer.elapsed.count() / 1000 << " ms");
    CHECK(answer.elapsed < std::chrono::seconds(10));
  }

  TEST_CASE("a neighbour's failure is not waited for") {
    Sim sim;
    RedisServer redis;
    Daemon::Options options{.base_url = sim.base_url(), .sets = sets_for(redis)};
    options.sets.emplace_back("upstream.retries=0");
    Daemon first(options);
    Daemon second(options);
    sim.set(R"({"latency":300})");
    sim.fault(R"({"kind":"status_5xx","count":1})");
    HttpClient client;
    const std::string target = "/v2/cryptocurrency/quotes/latest?id=1";
    const auto answers = client.get_all({first.url(target), second.url(target)}, 2);
    const auto went_well = answers[0].status == 200 ? answers[0] : answers[1];
    CHECK(answers[0].status + answers[1].status == 200 + 502);
    MESSAGE("answered after " << went_well.elapsed.count() / 1000 << " ms, two calls of 300 ms");
    CHECK(sim.calls().size() == 2);
    CHECK(went_well.elapsed < milliseconds(3'000));
  }
}

}  // namespace
}  // namespace quotecached::test
