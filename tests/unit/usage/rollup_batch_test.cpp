#include "usage/rollup_batch.hpp"

#include <string>

#include <doctest/doctest.h>

#include "usage/rollup_period.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::usage;

namespace {

constexpr TimePoint kDay = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);

UsageCounts requests(std::int64_t count) {
  UsageCounts counts;
  counts.requests = count;
  return counts;
}

credit::CallRecord call_for(std::vector<std::string> assets, std::int64_t credits) {
  credit::CallRecord call;
  call.started = kDay + 10h;
  call.intent.endpoint = "v2.quotes";
  call.intent.cause = credit::Cause::Refresh;
  call.intent.client = "bot";
  call.intent.predicted = {2};
  call.intent.kind = "id";
  call.intent.assets = std::move(assets);
  call.outcome.http_status = 200;
  call.outcome.charge.credits = {credits};
  call.outcome.took = 120ms;
  return call;
}

AssetCounts sum_of_assets(const Batch& batch) {
  AssetCounts sum;
  for (const auto& [key, counts] : batch.assets()) sum += counts;
  return sum;
}

std::int64_t sum_of_requests(const Batch& batch) {
  std::int64_t sum = 0;
  for (const auto& [key, counts] : batch.requests()) sum += counts.requests;
  return sum;
}

}  // namespace

TEST_SUITE("usage::Batch") {
  TEST_CASE("a call is counted on the day that it was started, by endpoint, cause and client") {
    Batch batch;
    CHECK(batch.empty());
    batch.add_call(call_for({"1"}, 3));
    auto failed = call_for({"1"}, 0);
    failed.outcome.http_status = 500;
    failed.started = kDay + 24h - 1ms;
    batch.add_call(failed);
    auto refused = call_for({"1"}, 0);
    refused.outcome.error_code = 1008;
    refused.started = kDay + 24h;
    batch.add_call(refused);
    CHECK_FALSE(batch.empty());
    REQUIRE(batch.calls().size() == 2);
    CHECK(batch.calls().at({kDay, "default", "v2.quotes", "refresh", "bot"}) ==
          CallCounts{2, 1, 3, 4, 240, 1, 0, 3});
    CHECK(batch.calls().at({kDay + 24h, "default", "v2.quotes", "refresh", "bot"}) ==
          CallCounts{1, 1, 0, 2, 120, 0, 0, 0});
  }

  TEST_CASE("calls of two accounts are counted apart") {
    Batch batch;
    batch.add_call(call_for({"1"}, 3));
    auto other = call_for({"1"}, 4);
    other.account = "other";
    batch.add_call(other);
    REQUIRE(batch.calls().size() == 2);
    CHECK(batch.calls().at({kDay, "default", "v2.quotes", "refresh", "bot"}).credits == 3);
    CHECK(batch.calls().at({kDay, "other", "v2.quotes", "refresh", "bot"}).credits == 4);
  }

  TEST_CASE("the assets of a call share its credits to the last microcredit") {
    struct Row {
      std::int64_t credits;
      int assets;
    };
    for (const Row row : {Row{1, 1}, Row{1, 3}, Row{2, 7}, Row{5, 999}, Row{0, 4}}) {
      CAPTURE(row.credits);
      CAPTURE(row.assets);
      std::vector<std::string> assets;
      for (int i = 0; i < row.assets; ++i) assets.push_back(std::to_string(i));
      Batch batch;
      batch.add_call(call_for(assets, row.credits));
      CHECK(sum_of_assets(batch) == AssetCounts{0, row.assets, row.credits * 1'000'000});
      const auto share = row.credits * 1'000'000 / row.assets;
      for (const auto& [key, counts] : batch.assets()) {
        CHECK(counts.microcredits >= share);
        CHECK(counts.microcredits <= share + 1);
      }
    }
  }

  TEST_CASE("good calls have brought what they were made for and what rode along") {
    Batch batch;
    auto call = call_for({"1", "2"}, 1);
    call.intent.riding = 98;
    batch.add_call(call);
    call.intent.assets.clear();  // made for riders alone, as nobody waits any more
    batch.add_call(call);
    call.outcome.http_status = 0;  // lost, and billed perhaps
    call.outcome.charge.credits = {2};
    batch.add_call(call);
    batch.add_call(call_for({}, 5));  // for no assets: its credits are not theirs
    const auto& counts = batch.calls().begin()->second;
    CHECK(counts.assets == 198);
    CHECK(counts.riding == 196);
    CHECK(counts.asset_credits == 4);
    CHECK(counts.credits == 9);
  }

  TEST_CASE("ages are kept by day and endpoint") {
    Batch batch;
    batch.add_ages(kDay, {"v2.quotes", {3, 4000}});
    CHECK_FALSE(batch.empty());
    Batch other = batch;
    other.add_ages(kDay, {"v1.map", {1, 7}});
    other.add_ages(kDay + 24h, {"v2.quotes", {1, 1}});
    batch.merge(std::move(other));
    REQUIRE(batch.ages().size() == 3);
    CHECK(batch.ages().at({kDay, "v2.quotes"}) == AgeCounts{6, 8000});
    CHECK(batch.ages().at({kDay, "v1.map"}) == AgeCounts{1, 7});
  }

  TEST_CASE("a call without assets belongs to none") {
    Batch batch;
    batch.add_call(call_for({}, 3));
    CHECK(batch.assets().empty());
    CHECK(batch.calls().size() == 1);
  }

  TEST_CASE("merged batches add up") {
    Batch batch;
    batch.add_requests({kDay, "v2.quotes", ""}, requests(1));
    batch.add_call(call_for({"1", "2"}, 1));
    batch.add_sample(kDay, {"id", "1", 16});
    Batch other = batch;
    other.add_requests({kDay + 1min, "v2.quotes", ""}, requests(2));
    batch.merge(std::move(other));
    REQUIRE(batch.requests().size() == 2);
    CHECK(batch.requests().at({kDay, "v2.quotes", ""}).requests == 2);
    CHECK(batch.calls().begin()->second.calls == 2);
    CHECK(batch.assets().at({kDay, "id", "1"}) == AssetCounts{32, 2, 1'000'000});
    CHECK(batch.assets().at({kDay, "id", "2"}) == AssetCounts{0, 2, 1'000'000});
  }

  TEST_CASE("rows that cannot be written for long become coarser, and their sums stay right") {
    Batch batch;
    constexpr int kMinutes = 60 * 24 * 40;
    for (int i = 0; i < kMinutes; ++i) {
      batch.add_requests({kDay + i * 1min, "v2.quotes", ""}, requests(1));
      batch.add_requests({kDay + i * 1min, "v1.map", "bot"}, requests(2));
      REQUIRE(batch.requests().size() <= Batch::kMostRequests);
    }
    CHECK(sum_of_requests(batch) == 3 * kMinutes);
    std::int64_t november = 0;
    for (const auto& [key, counts] : batch.requests())
      if (start_of(Period::Month, key.minute) == start_of(Period::Month, kDay))
        november += counts.requests;
    CHECK(november == 3 * 60 * 24 * 10);
  }

  TEST_CASE("many rows of one minute stay in their minute") {
    Batch batch;
    for (std::size_t i = 0; i < 2 * Batch::kMostRequests; ++i)
      batch.add_requests({kDay + 7min, "v2.quotes", std::to_string(i)}, requests(1));
    CHECK(batch.requests().size() == 2 * Batch::kMostRequests);
    CHECK(batch.requests().begin()->first.minute == kDay + 7min);
  }

  TEST_CASE("assets beyond the bound join the row of others") {
    Batch batch;
    for (std::size_t i = 0; i < 2 * Batch::kMostAssets; ++i)
      batch.add_sample(kDay, {"id", std::to_string(i), 16});
    CHECK(batch.assets().size() == Batch::kMostAssets + 1);
    CHECK(sum_of_assets(batch).requests == 32 * static_cast<int>(Batch::kMostAssets));
  }

  TEST_CASE("folding keeps the most used assets of each day apart") {
    Batch batch;
    constexpr int kMost = static_cast<int>(kMostAssetRows);
    for (int i = 0; i < kMost + 500; ++i) {
      batch.add_sample(kDay, {i % 2 == 0 ? "id" : "symbol", std::to_string(i), 16 + i});
      if (i < 10) batch.add_sample(kDay + 24h, {"id", std::to_string(i), 16});
    }
    const auto before = sum_of_assets(batch);
    batch.fold_assets();
    CHECK(sum_of_assets(batch) == before);
    CHECK(batch.assets().size() == kMostAssetRows + 2 + 10);
    CHECK(batch.assets().contains({kDay, "id", "500"}));
    CHECK_FALSE(batch.assets().contains({kDay, "symbol", "499"}));
    CHECK(batch.assets().at({kDay, "id", ""}).requests > 0);
    CHECK(batch.assets().contains({kDay + 24h, "id", "0"}));
  }
}
