#include "metrics/request_stats.hpp"

#include <thread>

#include <doctest/doctest.h>

using namespace quotecached::metrics;
using namespace std::chrono_literals;

TEST_SUITE("metrics::RequestStats") {
  TEST_CASE("sums the shards of all threads") {
    RequestStats stats({"v1.quotes", "v2.quotes"}, {"hit", "miss"});
    auto& first = stats.add_shard();
    auto& second = stats.add_shard();
    constexpr int kEach = 10000;
    const auto work = [](RequestStats::Shard& shard) {
      for (int i = 0; i < kEach; ++i) shard.count(1, 0, 20us);
    };
    std::thread other([&] { work(second); });
    work(first);
    other.join();
    CHECK(stats.requests(1, 0) == 2 * kEach);
    CHECK(stats.requests(0, 0) == 0);
    CHECK(stats.requests(1, 1) == 0);
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
      RequestStats stats({"one"}, {"hit"});
      stats.add_shard().count(0, 0, row.latency);
      Page page;
      stats.write(page);
      CHECK(page.text().find(row.line) != std::string::npos);
    }
  }

  TEST_CASE("names endpoint and outcome, and only those that occurred") {
    RequestStats stats({"v1.quotes", "v2.quotes"}, {"hit", "miss"});
    stats.add_shard().count(1, 1, 1ms);
    stats.add_shard().add_sent(1234);
    Page page;
    stats.write(page);
    const auto text = page.text();
    CHECK(text.find("quotecached_requests_total{endpoint=\"v2.quotes\",outcome=\"miss\"} 1\n") !=
          std::string::npos);
    CHECK(text.find("v1.quotes") == std::string::npos);
    CHECK(text.find("quotecached_http_sent_bytes_total 1234\n") != std::string::npos);
  }
}
