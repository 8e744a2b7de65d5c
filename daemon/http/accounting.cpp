#include "http/accounting.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

#include "routing/own_routes.hpp"

namespace quotecached::http {
namespace {

using proxy::Outcome;
using usage::UsageCounts;

// Ways of a hit stand first, one per tier, in place of Outcome::Hit.
static_assert(static_cast<int>(Outcome::Hit) == 0 && kShed < metrics::kMostWays);

constexpr std::string_view kOther = "other";

// Where the requests of the outcomes after Hit are counted.
constexpr std::array<std::int64_t UsageCounts::*, proxy::kOutcomes - 1> kUsageOfOutcomes{
    &UsageCounts::stale,
    &UsageCounts::misses,
    &UsageCounts::partial,
    &UsageCounts::forwarded,
    &UsageCounts::refused,
    &UsageCounts::failed,
};

// Where the requests of a way before kOwn are counted.
std::int64_t& count_of(std::size_t way, UsageCounts& usage) {
  if (way < kTiers.size()) return usage.hits[way];
  return usage.*kUsageOfOutcomes[way - kTiers.size()];
}

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

constexpr std::uint32_t way_of_outcome(Outcome outcome) noexcept {
  return static_cast<std::uint32_t>(kTiers.size() - 1) + static_cast<std::uint32_t>(outcome);
}

std::uint32_t tier_of(std::string_view detail) noexcept {
  // Nearly always the very literal, and a comparison of texts costs ten times as much.
  if (detail.data() == proxy::kFromMemory.data()) return index_of(TierKind::Memory);
  // A tier of another name counts as the last: that it is below memory is all that is known.
  const auto kind = tier_kind(detail);
  return static_cast<std::uint32_t>(kind ? index_of(*kind) : kTiers.size() - 1);
}

// May a request that is counted under `endpoint` be answered that way?
bool may_be(std::string_view endpoint, std::uint32_t way) {
  if (endpoint == kOther) return way >= kOwn || way == way_of_outcome(Outcome::Refused);
  if (way > kOwn) return false;
  const auto folders = routing::own_folders();
  const auto folder = std::ranges::find(folders, endpoint, &routing::OwnFolder::label);
  if (folder == folders.end()) return way != kOwn;
  return way == kOwn || folder->is_for_clients;
}

UsageCounts usage_of(const metrics::RequestCounts& counts) {
  UsageCounts usage;
  std::chrono::nanoseconds latency{0};
  for (std::size_t i = 0; i < kOwn; ++i) {
    const auto& way = counts.ways[i];
    const auto requests = static_cast<std::int64_t>(way.requests());
    count_of(i, usage) += requests;
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
  for (const auto& tier : kTiers)
    ways.push_back({std::string(to_string(Outcome::Hit)), std::string(tier.name)});
  for (std::size_t i = 1; i < proxy::kOutcomes; ++i)
    ways.push_back({std::string(to_string(static_cast<Outcome>(i))), {}});
  for (const auto* const word : {"own", "malformed", "shed"}) ways.push_back({word, {}});
  return ways;
}

RequestIds::RequestIds(metrics::RequestStats& stats,
                       const std::vector<std::string>& client_names,
                       const std::vector<std::string>& endpoint_names) {
  for (const auto& name : client_names) clients.push_back(stats.client(name));
  for (const auto& name : endpoint_names) endpoints.push_back(stats.endpoint(name));
  other = stats.endpoint(kOther);
  for (std::size_t i = 0; i < endpoint_names.size(); ++i) {
    const auto label = std::string_view(endpoint_names[i]).substr(0, endpoint_names[i].find(':'));
    for (std::uint32_t way = 0; way <= kShed; ++way)
      if (may_be(label, way)) stats.expect(endpoints[i], way);
  }
}

std::uint32_t way_of(const proxy::Answer& answer, bool is_own) noexcept {
  if (is_own) return kOwn;
  if (answer.outcome == Outcome::Hit) return tier_of(answer.detail);
  // Who waited for some of it and paid had no hit, though the rest was stale.
  const bool is_partial = answer.outcome == Outcome::Stale && answer.has_fetched;
  return way_of_outcome(is_partial ? Outcome::Partial : answer.outcome);
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
                                        const UsageNames& names) {
  std::map<std::pair<std::string, std::string>, UsageCounts> sums;
  for (const auto& count : counts) {
    const auto name = names.find(count.endpoint);
    if (name == names.end()) continue;  // a route of our own
    sums[{name->second, count.client}] += usage_of(count);
  }
  std::vector<usage::UsageRow> rows;
  for (auto& [key, usage] : sums) rows.push_back({key.first, key.second, usage});
  return rows;
}

}  // namespace quotecached::http
