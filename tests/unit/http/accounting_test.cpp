#include "http/accounting.hpp"

#include <map>

#include "daemon.hpp"

using namespace quotecached;
using namespace quotecached::test;
using namespace std::chrono_literals;
using proxy::Outcome;

namespace {

proxy::Answer answer_of(Outcome outcome, std::string_view detail) {
  proxy::Answer answer;
  answer.outcome = outcome;
  answer.detail = detail;
  answer.cost = Credits{3};
  return answer;
}

// Counts are made when an answer is written, so before the next on the same connection.
std::vector<usage::UsageRow> rows_after(HttpClient& client, const Daemon& daemon) {
  REQUIRE(client.ask("/health/live").status == 200);
  return daemon.server->usage();
}

const usage::UsageCounts& row_of(const std::vector<usage::UsageRow>& rows,
                                 const std::string& endpoint,
                                 const std::string& client = {}) {
  for (const auto& row : rows) {
    if (row.endpoint == endpoint && row.client == client) return row.counts;
  }
  FAIL("no row of " << endpoint << " for '" << client << "'");
  std::abort();
}

std::int64_t hits_in(const usage::UsageCounts& counts, TierKind tier) {
  return counts.hits.at(index_of(tier));
}

}  // namespace

TEST_SUITE("http::accounting") {
  TEST_CASE("tells the ways to answer apart, and what an answer was worth") {
    struct Row {
      Outcome outcome;
      const char* detail;
      const char* tier;
      std::int64_t worth;
    };
    const Row rows[] = {
        {Outcome::Hit, "memory", "memory", 5},
        {Outcome::Hit, "redis", "redis", 5},
        {Outcome::Hit, "memcached", "memcached", 5},
        {Outcome::Hit, "sqlite", "sqlite", 5},
        {Outcome::Stale, "memory", "", 5},
        {Outcome::Stale, "redis", "", 5},
        {Outcome::Miss, "upstream", "", 5},
        {Outcome::Partial, "upstream", "", 5},
        {Outcome::Forwarded, "forward", "", 3},
        {Outcome::Refused, "", "", 0},
        {Outcome::Failed, "sqlite", "", 0},
    };
    const auto ways = http::ways();
    for (const auto& row : rows) {
      const auto word = to_string(row.outcome);
      CAPTURE(word);
      CAPTURE(row.detail);
      const auto answer = answer_of(row.outcome, row.detail);
      const auto& way = ways.at(http::way_of(answer, false));
      CHECK(way.outcome == word);
      CHECK(way.tier == row.tier);
      CHECK(http::worth_of(answer, Credits{5}).count == row.worth);
      CHECK(ways.at(http::way_of(answer, true)).outcome == "own");
    }
    auto mixed = answer_of(Outcome::Stale, "upstream");
    mixed.has_fetched = true;
    CHECK(ways.at(http::way_of(mixed, false)).outcome == "partial");
  }

  TEST_CASE("makes rows of usage, without those of our own routes") {
    const auto ways = http::ways();
    metrics::RequestStats stats(ways);
    const auto nobody = stats.client("");
    const auto alice = stats.client("alice");
    const auto quotes_id = stats.endpoint("v1.quotes");
    const auto forward = stats.endpoint("uncatalogued");
    const auto health = stats.endpoint("health");
    auto& shard = stats.add_shard();
    for (std::uint32_t way = 0; way < ways.size(); ++way) {
      for (std::uint32_t i = 0; i <= way; ++i)
        shard.count({alice, quotes_id, way, 10, 2, 3}, 1500ns);
    }
    shard.count({nobody, forward, 8}, 1ms);
    shard.count({nobody, health, 10}, 1ms);
    const http::UsageNames names{{"v1.quotes", "v1.quotes"}, {"uncatalogued", "forward"}};
    const auto rows = http::usage_rows(stats.read(), names);
    REQUIRE(rows.size() == 2);
    CHECK(row_of(rows, "forward").refused == 1);
    const auto& counts = row_of(rows, "v1.quotes", "alice");
    CHECK(hits_in(counts, TierKind::Memory) == 1);
    CHECK(hits_in(counts, TierKind::Redis) == 2);
    CHECK(hits_in(counts, TierKind::Memcached) == 3);
    CHECK(hits_in(counts, TierKind::Sqlite) == 4);
    CHECK(counts.stale == 5);
    CHECK(counts.misses == 6);
    CHECK(counts.partial == 7);
    CHECK(counts.forwarded == 8);
    CHECK(counts.refused == 9);
    CHECK(counts.failed == 10);
    CHECK(counts.requests == 55);
    CHECK(counts.latency_us == 82);  // of 82.5
    CHECK(counts.latencies[0] == 55);
  }

  TEST_CASE("expects of each endpoint what may come of it") {
    struct Row {
      const char* endpoint;
      const char* outcome;
      bool is_expected;
    };
    const Row rows[] = {
        {"v1.quotes", "hit", true},
        {"v1.quotes", "forwarded", true},
        {"v1.quotes", "own", false},
        {"v1.quotes", "malformed", false},
        {"admin", "own", true},
        {"admin", "hit", false},
        {"quotes", "own", true},
        {"quotes", "partial", true},
        {"quotes", "shed", false},
        {"other", "own", true},
        {"other", "refused", true},
        {"other", "malformed", true},
        {"other", "shed", true},
        {"other", "hit", false},
        {"uncatalogued", "failed", true},
    };
    metrics::RequestStats stats(http::ways());
    const http::RequestIds ids(
        stats, {""}, {"v1.quotes", "uncatalogued", "admin", "quotes", "other", "quotes:v1.quotes"});
    metrics::Page page;
    stats.write(page);
    const auto text = page.text();
    for (const auto& row : rows) {
      CAPTURE(row.endpoint);
      CAPTURE(row.outcome);
      const auto labels =
          std::string("{endpoint=\"") + row.endpoint + "\",outcome=\"" + row.outcome + "\"} 0\n";
      CHECK((text.find("quotecached_requests_total" + labels) != std::string::npos) ==
            row.is_expected);
    }
  }

  TEST_CASE("numbers the names of another router as those names were numbered before") {
    metrics::RequestStats stats(http::ways());
    const http::RequestIds before(stats, {"", "bob"}, {"v1.map", "v1.quotes", "health"});
    const http::RequestIds after(
        stats, {"", "alice", "bob"}, {"v1.fiat", "v1.map", "v1.quotes", "health"});
    CHECK(after.clients[0] == before.clients[0]);
    CHECK(after.clients[2] == before.clients[1]);
    CHECK(after.endpoints[1] == before.endpoints[0]);
    CHECK(after.endpoints[2] == before.endpoints[1]);
    CHECK(after.endpoints[3] == before.endpoints[2]);
  }

  TEST_CASE("files latencies under the bounds of usage") {
    struct Row {
      std::chrono::nanoseconds latency;
      std::size_t place;
    };
    const Row rows[] = {
        {0ns, 0},    {100us, 0},   {101us, 1},   {250us, 1}, {400us, 2}, {1ms, 3},
        {2500us, 4}, {5ms, 5},     {6ms, 6},     {10ms, 6},  {11ms, 7},  {25ms, 7},
        {50ms, 7},   {51ms, 8},    {100ms, 8},   {101ms, 9}, {250ms, 9}, {500ms, 9},
        {1s, 10},    {2500ms, 10}, {2501ms, 11}, {31s, 11},
    };
    for (const auto& row : rows) {
      CAPTURE(row.latency.count());
      metrics::RequestStats stats(http::ways());
      const metrics::AnsweredRequest one{.client = stats.client(""),
                                         .endpoint = stats.endpoint("one")};
      stats.add_shard().count(one, row.latency);
      const auto usage = http::usage_rows(stats.read(), {{"one", "one"}});
      REQUIRE(usage.size() == 1);
      for (std::size_t i = 0; i < usage::kUsageLatencies; ++i)
        CHECK(usage[0].counts.latencies[i] == (i == row.place ? 1 : 0));
    }
  }

  TEST_CASE("counts what clients ask, what it cost and what it was worth") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    std::size_t bytes = 0;
    for (const auto* ids : {"1", "1", "2", "1,3", "1,2,3", "bad"}) {
      const auto response = client.ask(quotes(ids));
      bytes += response.head.size() + response.body.size();
    }
    REQUIRE(client.ask("/v9/none?id=1").status == 200);
    REQUIRE(client.ask("/nothing").status == 404);
    const auto rows = rows_after(client, daemon);
    CHECK(rows.size() == 2);
    const auto& counts = row_of(rows, "v2.quotes");
    CHECK(hits_in(counts, TierKind::Memory) == 3);
    CHECK(counts.misses == 1);
    CHECK(counts.partial == 1);
    CHECK(counts.refused == 1);
    CHECK(counts.requests == 6);
    CHECK(counts.credits == 2);
    CHECK(counts.worth == 5);
    CHECK(counts.bytes == static_cast<std::int64_t>(bytes));
    CHECK(counts.latency_us > 0);
    const auto& passed_on = row_of(rows, "forward");
    CHECK(passed_on.requests == 1);
    CHECK(passed_on.forwarded == 1);
    CHECK(passed_on.credits == 1);
    CHECK(passed_on.worth == 1);
  }

  TEST_CASE("counts the bytes of an answer that is too large to be written at once") {
    constexpr std::size_t kLarge = 600 * 1024;
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1, kLarge);
    HttpClient client(daemon.address(), 4096);
    const auto response = client.ask(quotes("1"));
    REQUIRE(response.body.size() > kLarge);
    const auto rows = rows_after(client, daemon);
    CHECK(row_of(rows, "v2.quotes").bytes ==
          static_cast<std::int64_t>(response.head.size() + response.body.size()));
  }

  TEST_CASE("counts for the client whose token was shown, else for nobody") {
    Daemon daemon({}, {{"alice", "secret"}, {"bob", "other", false, 1}});
    // Bob's minute must not end between his two requests.
    const auto now = daemon.clock.now();
    if (std::chrono::ceil<std::chrono::minutes>(now) - now < 10s) daemon.clock.advance(10s);
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    const std::string alice = "X-CMC_PRO_API_KEY: secret\r\n";
    const std::string bob = "X-CMC_PRO_API_KEY: other\r\n";
    CHECK(client.ask(quotes("1"), alice).status == 200);
    CHECK(client.ask(quotes("1"), bob).status == 200);
    CHECK(client.ask(quotes("1"), bob).status == 429);
    CHECK(client.ask(quotes("1")).status == 401);
    CHECK(client.ask(quotes("1"), "X-CMC_PRO_API_KEY: wrong\r\n").status == 401);
    CHECK(client.ask(quotes("1"), alice).status == 200);
    CHECK(client.ask("/health/live", alice).status == 200);
    const auto rows = rows_after(client, daemon);
    CHECK(rows.size() == 3);
    CHECK(hits_in(row_of(rows, "v2.quotes", "alice"), TierKind::Memory) == 2);
    CHECK(hits_in(row_of(rows, "v2.quotes", "bob"), TierKind::Memory) == 1);
    CHECK(row_of(rows, "v2.quotes", "bob").requests == 2);
    CHECK(row_of(rows, "v2.quotes", "bob").worth == 1);
    CHECK(row_of(rows, "v2.quotes").requests == 2);
    CHECK(row_of(rows, "v2.quotes").worth == 0);
    CHECK(daemon.metric("quotecached_client_requests_total{client=\"alice\"}") == "2");
  }

  TEST_CASE("samples the assets asked for, but not those of refused requests") {
    Daemon daemon({}, {{"alice", "secret"}});
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    for (int i = 0; i < 200; ++i) {
      REQUIRE(client.ask(quotes("1"), "X-CMC_PRO_API_KEY: secret\r\n").status == 200);
      REQUIRE(client.ask(quotes("2")).status == 401);
    }
    const auto samples = daemon.server->take_samples();
    REQUIRE(samples.size() == 1);
    CHECK(samples[0].kind == "id");
    CHECK(samples[0].asset == "1");
    CHECK(samples[0].requests > 0);
    CHECK(samples[0].requests % http::AssetSampler::kOneIn == 0);
    CHECK(daemon.server->take_samples().empty());
  }

  TEST_CASE("samples the assets that asks for quotes led to, from memory and from the provider") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    std::map<std::string, std::int64_t> counts;
    for (int id = 10'000; id < 10'100; ++id) {
      REQUIRE(client.ask("/quotes?fields=all&ids=" + std::to_string(id)).status == 200);
      REQUIRE(client.ask("/quotes?ids=1").status == 200);
      REQUIRE(client.ask("/quotes?ids=x").status == 400);
    }
    for (const auto& sample : daemon.server->take_samples()) {
      CHECK(sample.kind == "id");
      CHECK(sample.requests % http::AssetSampler::kOneIn == 0);
      counts[sample.asset] += sample.requests;
    }
    CHECK(counts["1"] > 0);
    CHECK(counts.size() > 1);  // and some that were bought
  }
}
