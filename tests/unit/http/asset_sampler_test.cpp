#include "http/asset_sampler.hpp"

#include <cmath>
#include <map>
#include <thread>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::http;

namespace {

catalog::Request parsed(const std::string& query) {
  catalog::Request request;
  const auto target = "/v2/cryptocurrency/quotes/latest?" + query;
  REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, request));
  return request;
}

void see(AssetSampler& sampler, const catalog::Request& request) {
  if (sampler.is_due()) sampler.sample(&request);
}

std::map<std::string, std::int64_t> by_asset(const std::vector<usage::AssetSample>& samples) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& sample : samples) counts[sample.kind + ":" + sample.asset] += sample.requests;
  return counts;
}

}  // namespace

TEST_SUITE("http::AssetSampler") {
  TEST_CASE("estimates how often each asset is asked for") {
    AssetSampler sampler(1);
    const auto often = parsed("id=1,2");
    const auto rarely = parsed("symbol=BTC");
    for (int i = 0; i < 20'000; ++i) see(sampler, i % 4 == 0 ? rarely : often);
    const auto counts = by_asset(sampler.take());
    REQUIRE(counts.size() == 3);
    CHECK(counts.at("id:1") == counts.at("id:2"));
    CHECK(std::abs(static_cast<double>(counts.at("id:1")) - 15'000) < 1'500);
    CHECK(std::abs(static_cast<double>(counts.at("symbol:BTC")) - 5'000) < 1'000);
    CHECK(sampler.take().empty());
  }

  TEST_CASE("counts ids that only the answer told beside those of requests") {
    AssetSampler sampler(1);
    while (!sampler.is_due()) {
    }
    sampler.sample(nullptr);
    CHECK(sampler.take().empty());
    sampler.add(std::vector<std::uint64_t>{1, 1027});
    while (!sampler.is_due()) {
    }
    const auto request = parsed("id=1");
    sampler.sample(&request);
    const auto counts = by_asset(sampler.take());
    CHECK(counts.at("id:1") == 2 * AssetSampler::kOneIn);
    CHECK(counts.at("id:1027") == AssetSampler::kOneIn);
  }

  TEST_CASE("does not always begin with the first request") {
    int met = 0;
    for (std::uint32_t seed = 1; seed <= 3'100; ++seed)
      if (AssetSampler(seed * 48'271).is_due()) ++met;
    CHECK(met > 0);
    CHECK(met < 3'100 / 16);
  }

  TEST_CASE("is not fooled by a rhythm") {
    AssetSampler sampler(1);
    std::vector<catalog::Request> requests;
    for (int id = 1; id <= 16; ++id) requests.push_back(parsed("id=" + std::to_string(id)));
    for (int round = 0; round < 2'000; ++round) {
      for (const auto& request : requests) see(sampler, request);
    }
    const auto counts = by_asset(sampler.take());
    CHECK(counts.size() == requests.size());
    for (const auto& counted : counts) {
      CAPTURE(counted.first);
      CHECK(std::abs(static_cast<double>(counted.second) - 2'000) < 800);
    }
  }

  TEST_CASE("takes nothing of what is no request for assets") {
    AssetSampler sampler(1);
    catalog::Request whole;
    REQUIRE_FALSE(catalog::parse_target(
        catalog::Catalogue::built_in(), "/v1/cryptocurrency/listings/latest", whole));
    for (int i = 0; i < 1'000; ++i) {
      see(sampler, whole);
      if (sampler.is_due()) sampler.sample(nullptr);
    }
    CHECK(sampler.take().empty());
  }

  TEST_CASE("is bounded, and counts what it cannot tell apart") {
    AssetSampler sampler(1);
    std::string ids = "id=1";
    for (int id = 2; id <= 5'000; ++id) ids += ',' + std::to_string(id);
    std::string symbols = "symbol=A0";
    for (int i = 1; i < 6'000; ++i) symbols += ",A" + std::to_string(i);
    const auto some = parsed(ids);
    const auto more = parsed(symbols);
    sampler.sample(&some);
    sampler.sample(&more);
    sampler.sample(&more);
    const auto samples = sampler.take();
    CHECK(samples.size() == AssetSampler::kMostAssets + 1);
    const auto counts = by_asset(samples);
    CHECK(counts.at("symbol:") == 2 * 1'000 * AssetSampler::kOneIn);
    CHECK(counts.at("id:5000") == AssetSampler::kOneIn);
    sampler.sample(&some);
    CHECK(sampler.take().size() == 5'000);  // room again
  }

  TEST_CASE("loses nothing when it is read meanwhile") {
    AssetSampler sampler(1);
    constexpr int kSamples = 20'000;
    const auto request = parsed("id=1");
    std::thread other([&] {
      for (int i = 0; i < kSamples; ++i) sampler.sample(&request);
    });
    std::int64_t sum = 0;
    while (sum < std::int64_t{kSamples} * AssetSampler::kOneIn) {
      for (const auto& sample : sampler.take()) sum += sample.requests;
    }
    other.join();
    CHECK(sum == std::int64_t{kSamples} * AssetSampler::kOneIn);
  }
}
