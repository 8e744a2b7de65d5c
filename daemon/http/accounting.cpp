#include "http/accounting.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

namespace quotecached::http {
namespace {

using proxy::Outcome;
using usage::UsageCounts;

constexpr std::array<std::string_view, 4> kTiers{
    proxy::kFromMemory, "redis", "memcached", "sqlite"};
constexpr std::uint32_t kOwn = kTiers.size() + proxy::kOutcomes - 1;

// Ways of a hit stand first, one per tier, in place of Outcome::Hit.
static_assert(static_cast<int>(Outcome::Hit) == 0 && kOwn < metrics::kMostWays);

// Where the requests of each way are counted; null: they are no usage.
constexpr std::array<std::int64_t UsageCounts::*, kOwn + 1> kUsageOfWays{
    &UsageCounts::hits_memory,
    &UsageCounts::hits_redis,
    &UsageCounts::hits_memcached,
    &UsageCounts::hits_sqlite,
    &UsageCounts::stale,
    &UsageCounts::misses,
    &UsageCounts::partial,
    &UsageCounts::forwarded,
    &UsageCounts::refused,
    &UsageCounts::failed,
    nullptr,
};

// The count of usage that each latency bucket is part of.
constexpr auto kUsageBuckets = [] {
  std::array<std::size_t, metrics::kLatencies> buckets{};
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    auto& bucket = buckets[i];
    while (bucket < usage::kUsageLatencyBounds.size() &&
           (i == metrics::kLatencyBounds.size() ||
            metrics::kLatencyBounds[i] > usage::kUsageLatencyBounds[bucket] / 1000 + 1e-9))
      ++bucket;
  }
  return buckets;
}();

// Each bound of usage is one of the finer ones too, so nothing is filed too high.
static_assert([] {
  return std::ranges::all_of(usage::kUsageLatencyBounds, [](double bound) {
    return std::ranges::any_of(metrics::kLatencyBounds, [bound](double finer) {
      return finer < bound / 1000 + 1e-9 && finer > bound / 1000 - 1e-9;
    });
  });
}());

std::uint32_t tier_of(std::string_view detail) noexcept {
  // Nearly always the very literal, and a comparison of texts costs ten times as much.
  if (detail.data() == proxy::kFromMemory.data()) return 0;
  // A tier of another name counts as the last: that it is below memory is all that is known.
  const auto at = std::find(kTiers.begin(), kTiers.end() - 1, detail) - kTiers.begin();
  return static_cast<std::uint32_t>(at);
}

UsageCounts usage_of(const metrics::RequestCounts& counts) {
  UsageCounts usage;
  std::chrono::nanoseconds latency{0};
  for (std::size_t i = 0; i < kUsageOfWays.size(); ++i) {
    if (kUsageOfWays[i] == nullptr) continue;
    const auto& way = counts.ways[i];
    const auto requests = static_cast<std::int64_t>(way.requests());
    usage.*kUsageOfWays[i] += requests;
    usage.requests += requests;
    latency += way.latency;
    for (std::size_t j = 0; j < way.latencies.size(); ++j)
      usage.latencies[kUsageBuckets[j]] += static_cast<std::int64_t>(way.latencies[j]);
  }
  usage.latency_us = std::chrono::floor<std::chrono::microseconds>(latency).count();
  usage.bytes = static_cast<std::int64_t>(counts.bytes);
  usage.credits = static_cast<std::int64_t>(counts.credits);
  usage.worth = static_cast<std::int64_t>(counts.worth);
  return usage;
}

}  // namespace

std::vector<metrics::Way> ways() {
  std::vector<metrics::Way> ways;
  for (const auto tier : kTiers)
    ways.push_back({std::string(to_string(Outcome::Hit)), std::string(tier)});
  for (std::size_t i = 1; i < proxy::kOutcomes; ++i)
    ways.push_back({std::string(to_string(static_cast<Outcome>(i))), {}});
  ways.push_back({"own", {}});
  return ways;
}

std::uint32_t way_of(const proxy::Answer& answer, bool is_own) noexcept {
  if (is_own) return kOwn;
  if (answer.outcome == Outcome::Hit) return tier_of(answer.detail);
  // Who waited for some of it and paid had no hit, though the rest was stale.
  const bool is_partial = answer.outcome == Outcome::Stale && answer.has_fetched;
  const auto outcome = is_partial ? Outcome::Partial : answer.outcome;
  return static_cast<std::uint32_t>(kTiers.size() - 1) + static_cast<std::uint32_t>(outcome);
}

Credits worth_of(const proxy::Answer& answer, Credits list_price) noexcept {
  switch (answer.outcome) {
    case Outcome::Hit:
    case Outcome::Stale:
    case Outcome::Miss:
    case Outcome::Partial: return list_price;
    case Outcome::Forwarded: return answer.cost;
    case Outcome::Refused:
    case Outcome::Failed: break;
  }
  return {};
}

std::vector<usage::UsageRow> usage_rows(const std::vector<metrics::RequestCounts>& counts,
                                        std::span<const std::string> clients,
                                        std::span<const std::string> endpoints) {
  std::vector<usage::UsageRow> rows;
  for (const auto& count : counts) {
    if (count.endpoint >= endpoints.size()) continue;
    rows.push_back({endpoints[count.endpoint], clients[count.client], usage_of(count)});
  }
  return rows;
}

}  // namespace quotecached::http
