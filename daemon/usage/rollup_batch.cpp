#include "usage/rollup_batch.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "usage/rollup_period.hpp"

namespace quotecached::usage {
namespace {

constexpr std::int64_t kMicro = 1'000'000;

// Orders what to keep apart before what joins the others.
std::int64_t use_of(const AssetCounts& counts) { return counts.requests + counts.fetches; }

CallCounts counts_of(const credit::CallRecord& call) {
  CallCounts counts;
  counts.calls = 1;
  counts.failed = call.is_good() ? 0 : 1;
  counts.credits = call.outcome.charge.credits.count;
  counts.predicted = call.intent.predicted.count;
  counts.took_ms = call.outcome.took.count();
  if (call.intent.is_for_assets()) counts.asset_credits = counts.credits;
  if (call.is_good()) {
    counts.riding = static_cast<std::int64_t>(call.intent.riding);
    counts.assets = static_cast<std::int64_t>(call.intent.assets.size()) + counts.riding;
  }
  return counts;
}

}  // namespace

CallCounts& CallCounts::operator+=(const CallCounts& other) noexcept {
  calls += other.calls;
  failed += other.failed;
  credits += other.credits;
  predicted += other.predicted;
  took_ms += other.took_ms;
  assets += other.assets;
  riding += other.riding;
  asset_credits += other.asset_credits;
  return *this;
}

AssetCounts& AssetCounts::operator+=(const AssetCounts& other) noexcept {
  requests += other.requests;
  fetches += other.fetches;
  microcredits += other.microcredits;
  return *this;
}

void Batch::add_requests(RequestKey key, const UsageCounts& counts) {
  requests_[std::move(key)] += counts;
  if (requests_.size() > coarsen_above_) coarsen();
}

void Batch::coarsen() {
  for (const auto period : {Period::Hour, Period::Day, Period::Month}) {
    std::map<RequestKey, UsageCounts> coarser;
    for (const auto& [key, counts] : requests_)
      coarser[{start_of(period, key.minute), key.endpoint, key.client}] += counts;
    if (coarser.size() < requests_.size()) requests_ = std::move(coarser);
    if (requests_.size() <= kMostRequests / 2) break;
  }
  // One moment may have that many rows: not to be tried again with every further one.
  coarsen_above_ = std::max(kMostRequests, 2 * requests_.size());
}

void Batch::add_call(const credit::CallRecord& call) {
  const auto day = start_of(Period::Day, call.started);
  const auto& intent = call.intent;
  calls_[{
      day, call.account, intent.endpoint, std::string(to_string(intent.cause)), intent.client}] +=
      counts_of(call);
  if (intent.assets.empty()) return;
  const auto count = static_cast<std::int64_t>(intent.assets.size());
  const auto share = call.outcome.charge.credits.count * kMicro / count;
  auto rest = call.outcome.charge.credits.count * kMicro % count;
  for (const auto& asset : intent.assets) {
    add_asset({day, intent.kind, asset}, {0, 1, share + (rest > 0 ? 1 : 0)});
    --rest;
  }
}

void Batch::add_sample(TimePoint day, const AssetSample& sample) {
  add_asset({day, sample.kind, sample.asset}, {sample.requests, 0, 0});
}

void Batch::add_ages(TimePoint day, const AgeRow& row) { ages_[{day, row.endpoint}] += row.counts; }

void Batch::add_asset(AssetKey key, const AssetCounts& counts) {
  if (assets_.size() >= kMostAssets && !assets_.contains(key)) key.asset.clear();
  assets_[std::move(key)] += counts;
}

void Batch::merge(Batch&& other) {
  for (const auto& [key, counts] : other.requests_) add_requests(key, counts);
  for (const auto& [key, counts] : other.calls_) calls_[key] += counts;
  for (const auto& [key, counts] : other.assets_) add_asset(key, counts);
  for (const auto& [key, counts] : other.ages_) ages_[key] += counts;
  other = Batch();
}

void Batch::fold_assets() {
  if (assets_.size() <= kMostAssetRows) return;
  std::vector<TimePoint> days;
  for (const auto& [key, counts] : assets_)
    if (days.empty() || days.back() != key.day) days.push_back(key.day);
  for (const auto day : days) fold_assets_of(day);
}

void Batch::fold_assets_of(TimePoint day) {
  std::vector<decltype(assets_)::const_iterator> named;
  for (auto it = assets_.lower_bound({day, {}, {}}); it != assets_.end() && it->first.day == day;
       ++it)
    if (!it->first.asset.empty()) named.push_back(it);
  if (named.size() <= kMostAssetRows) return;
  const auto first_other = named.begin() + static_cast<std::ptrdiff_t>(kMostAssetRows);
  std::ranges::nth_element(named, first_other, [](const auto& a, const auto& b) {
    return use_of(a->second) > use_of(b->second);
  });
  for (auto it = first_other; it != named.end(); ++it) {
    assets_[{day, (*it)->first.kind, {}}] += (*it)->second;
    assets_.erase(*it);
  }
}

bool Batch::empty() const noexcept {
  return requests_.empty() && calls_.empty() && assets_.empty() && ages_.empty();
}

Bytes Batch::weight() const noexcept {
  constexpr std::size_t kNode = 150;  // a node of the map, and short strings
  return {requests_.size() * (kNode + sizeof(UsageCounts)) + calls_.size() * (2 * kNode) +
          (assets_.size() + ages_.size()) * kNode};
}

}  // namespace quotecached::usage
