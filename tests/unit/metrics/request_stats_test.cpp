#include "metrics/request_stats.hpp"

#include <thread>

#include <doctest/doctest.h>

using namespace quotecached::metrics;
using namespace std::chrono_literals;

namespace {

enum Ways : std::uint32_t { kMemory, kRedis, kMiss };

struct NamedStats : RequestStats {
  NamedStats() : RequestStats({{"hit", "memory"}, {"hit", "redis"}, {"miss", ""}}) {}

  const ClientId nobody = client("");
  const ClientId alice = client("alice");
  const EndpointId v1 = endpoint("v1.quotes");
  const EndpointId v2 = endpoint("v2.quotes");
};

std::string page_of(const RequestStats& stats) {
  Page page;
  stats.write(page);
  return page.text();
}

bool has(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_SUITE("metrics::RequestStats") {
  TEST_CASE("sums the shards of all threads, while they count") {
    NamedStats stats;
    constexpr std::uint64_t kEach = 10000;
    const auto work = [&stats](RequestStats::Shard& shard) {
      for (std::uint64_t i = 0; i < kEach; ++i)
        shard.count({stats.alice, stats.v2, static_cast<std::uint32_t>(i % 3), 10, 1, 2}, 20us);
    };
    std::thread first([&, &shard = stats.add_shard()] { work(shard); });
    std::thread second([&, &shard = stats.add_shard()] { work(shard); });
    std::uint64_t last = 0;
    while (last < 2 * kEach) {  // they never fall, and all come
      const auto now = stats.read();
      const auto bytes = now.empty() ? 0 : now.at(0).bytes;
      REQUIRE(bytes >= last * 10);
      last = bytes / 10;
    }
    first.join();
    second.join();
    const auto counts = stats.read();
    REQUIRE(counts.size() == 1);
    const auto& row = counts[0];
    CHECK(row.client == "alice");
    CHECK(row.endpoint == "v2.quotes");
    CHECK(row.ways[kMemory].requests() == 2 * (kEach / 3 + 1));
    CHECK(row.ways[kRedis].requests() == 2 * (kEach / 3));
    CHECK(row.ways[kMiss].latencies[1] == 2 * (kEach / 3));
    CHECK(row.ways[kMiss].latency == 2 * (kEach / 3) * 20us);
    CHECK(row.bytes == 20 * kEach);
    CHECK(row.credits == 2 * kEach);
    CHECK(row.worth == 4 * kEach);
  }

  TEST_CASE("keeps clients and endpoints apart") {
    NamedStats stats;
    auto& shard = stats.add_shard();
    CHECK(stats.read().empty());
    shard.count({stats.alice, stats.v1, kMiss, 1, 2, 3}, 1ms);
    shard.count({stats.nobody, stats.v2, kMemory, 4, 5, 6}, 1ms);
    const auto counts = stats.read();
    REQUIRE(counts.size() == 2);
    CHECK(counts[0].client.empty());
    CHECK(counts[0].endpoint == "v2.quotes");
    CHECK(counts[0].worth == 6);
    CHECK(counts[0].ways[kMemory].requests() == 1);
    CHECK(counts[0].ways[kMiss].requests() == 0);
    CHECK(counts[1].client == "alice");
    CHECK(counts[1].endpoint == "v1.quotes");
    CHECK(counts[1].credits == 2);
    CHECK(counts[1].bytes == 1);
  }

  TEST_CASE("a name keeps its number, and names that come later are counted by the same shard") {
    NamedStats stats;
    CHECK(stats.client("alice") == stats.alice);
    CHECK(stats.endpoint("v1.quotes") == stats.v1);
    auto& shard = stats.add_shard();
    shard.count({stats.alice, stats.v2, kMemory, 1}, 1ms);
    for (int i = 0; i < 20; ++i) {
      const auto client = stats.client("client " + std::to_string(i));
      const auto endpoint = stats.endpoint("endpoint " + std::to_string(i));
      shard.count({client, endpoint, kRedis, 2}, 1ms);
      shard.count({stats.alice, stats.v2, kMemory, 1}, 1ms);
    }
    const auto counts = stats.read();
    REQUIRE(counts.size() == 21);
    CHECK(counts[0].client == "alice");
    CHECK(counts[0].endpoint == "v2.quotes");
    CHECK(counts[0].ways[kMemory].requests() == 21);
    for (std::size_t i = 0; i < 20; ++i) {
      CHECK(counts[i + 1].client == "client " + std::to_string(i));
      CHECK(counts[i + 1].endpoint == "endpoint " + std::to_string(i));
      CHECK(counts[i + 1].bytes == 2);
    }
    CHECK(has(page_of(stats), "quotecached_client_requests_total{client=\"client 19\"} 1"));
  }

  TEST_CASE("sums a shard while names are added to it") {
    NamedStats stats;
    auto& shard = stats.add_shard();
    std::thread counting([&] {
      for (int i = 0; i < 300; ++i) {
        const auto client = stats.client(std::to_string(i));
        for (int k = 0; k < 20; ++k) shard.count({client, stats.v1, kMiss, 1}, 1us);
      }
    });
    std::uint64_t last = 0;
    while (last < 300 * 20) {  // the sum never falls, and all come
      std::uint64_t sum = 0;
      for (const auto& row : stats.read()) sum += row.bytes;
      REQUIRE(sum >= last);
      last = sum;
    }
    counting.join();
  }

  TEST_CASE("files a latency under the first bound that is not below it") {
    struct Row {
      std::chrono::nanoseconds latency;
      const char* line;
    };
    const Row rows[] = {
        {0ns, "quotecached_request_duration_seconds_bucket{outcome=\"hit\",le=\"1e-05\"} 1"},
        {10us, "quotecached_request_duration_seconds_bucket{outcome=\"hit\",le=\"1e-05\"} 1"},
        {10001ns, "quotecached_request_duration_seconds_bucket{outcome=\"hit\",le=\"1e-05\"} 0"},
        {10001ns, "quotecached_request_duration_seconds_bucket{outcome=\"hit\",le=\"2.5e-05\"} 1"},
        {30s, "quotecached_request_duration_seconds_bucket{outcome=\"hit\",le=\"30\"} 1"},
        {31s, "quotecached_request_duration_seconds_bucket{outcome=\"hit\",le=\"30\"} 0"},
        {31s, "quotecached_request_duration_seconds_bucket{outcome=\"hit\",le=\"+Inf\"} 1"},
        {-5ns, "quotecached_request_duration_seconds_bucket{outcome=\"hit\",le=\"1e-05\"} 1"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.latency.count());
      CAPTURE(row.line);
      NamedStats stats;
      stats.add_shard().count({stats.nobody, stats.v1, kMemory}, row.latency);
      CHECK(has(page_of(stats), row.line));
    }
  }

  TEST_CASE("tells Prometheus the sums under each label") {
    NamedStats stats;
    auto& first = stats.add_shard();
    auto& second = stats.add_shard();
    first.count({stats.nobody, stats.v2, kMemory, 10, 0, 1}, 1ms);
    second.count({stats.alice, stats.v2, kRedis, 20, 0, 1}, 1ms);
    second.count({stats.alice, stats.v2, kMiss, 40, 3, 2}, 1ms);
    first.add_sent(1000);
    second.add_sent(234);
    first.add_stale();
    second.add_stale();
    const auto text = page_of(stats);
    CAPTURE(text);
    for (const auto* line : {
             "quotecached_requests_total{endpoint=\"v2.quotes\",outcome=\"hit\"} 2",
             "quotecached_requests_total{endpoint=\"v2.quotes\",outcome=\"miss\"} 1",
             "quotecached_request_duration_seconds_count{outcome=\"hit\"} 2",
             "quotecached_request_duration_seconds_sum{outcome=\"miss\"} 0.001",
             "quotecached_hits_total{tier=\"memory\"} 1",
             "quotecached_hits_total{tier=\"redis\"} 1",
             "quotecached_client_requests_total{client=\"\"} 1",
             "quotecached_client_requests_total{client=\"alice\"} 2",
             "quotecached_client_credits_total{client=\"\"} 0",
             "quotecached_client_credits_total{client=\"alice\"} 3",
             "quotecached_answered_bytes_total{outcome=\"hit\"} 30",
             "quotecached_answered_bytes_total{outcome=\"miss\"} 40",
             "quotecached_stale_answers_total 2",
             "quotecached_request_credits_total 3",
             "quotecached_request_worth_total 4",
             "quotecached_http_sent_bytes_total 1234",
         }) {
      CAPTURE(line);
      CHECK(has(text, line));
    }
    CHECK(text.find("v1.quotes") == std::string::npos);  // never asked for
  }

  TEST_CASE("shows what may come before the first request") {
    NamedStats stats;
    stats.expect(stats.v2, kMiss);
    stats.expect(stats.endpoint("quotes:v1"), kMemory);
    const auto text = page_of(stats);
    CHECK(has(text, "quotecached_requests_total{endpoint=\"v2.quotes\",outcome=\"miss\"} 0"));
    CHECK(has(text, "quotecached_requests_total{endpoint=\"quotes\",outcome=\"hit\"} 0"));
    CHECK(text.find("endpoint=\"v2.quotes\",outcome=\"hit\"") == std::string::npos);
    CHECK(has(text, "quotecached_answered_bytes_total{outcome=\"hit\"} 0"));
    CHECK(has(text, "quotecached_client_credits_total{client=\"alice\"} 0"));
    CHECK(has(text, "quotecached_stale_answers_total 0"));
    CHECK(has(text, "quotecached_request_duration_seconds_count{outcome=\"miss\"} 0"));
    CHECK(has(text, "quotecached_hits_total{tier=\"redis\"} 0"));
    CHECK(has(text, "quotecached_client_requests_total{client=\"alice\"} 0"));
    CHECK(has(text, "quotecached_request_worth_total 0"));
  }
}
