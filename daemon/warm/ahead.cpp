#include "warm/ahead.hpp"

#include <algorithm>
#include <utility>

namespace quotecached::warm {
namespace {

constexpr milliseconds kLongestLead{3000};

// With a tick copies end a second after the turn of the data: by so much a call may be early.
constexpr milliseconds kLongestLeadAtTick{500};

// This part of its freshness a copy may be stale: then 99.75 % of the asks find it fresh, and calls
// are not made any oftener than without renewing ahead. With a tick they are not in any case.
constexpr int kPartStale = 400;

constexpr std::size_t kMostLanes = 1000;

}  // namespace

milliseconds Ahead::lead(const refill::Lane& lane, bool has_tick) const {
  const auto found = lanes_.find(lane.name());
  if (found == lanes_.end()) return milliseconds(0);
  if (has_tick) return std::min(found->second.took, kLongestLeadAtTick);
  const milliseconds grace = milliseconds(lane.endpoint().freshness.get().fresh) / kPartStale;
  return std::clamp(found->second.took - grace, milliseconds(0), kLongestLead);
}

bool Ahead::is_ready(const pacing::SpendPolicy& policy, TimePoint now) {
  if (now < began_) began_ = now;  // the clock stepped back
  if (!policy.rules.ahead || now < began_ + options_.calm) return false;
  const std::size_t most = now < began_ + options_.gentle ? 1 : options_.most_lanes;
  return under_way_ < most;
}

std::optional<milliseconds> Ahead::lead_of(const refill::LanePtr& lane,
                                           pacing::Age debt,
                                           bool has_tick,
                                           const View& view,
                                           TimePoint now) const {
  const auto found = lanes_.find(lane->name());
  if (found != lanes_.end()) {
    const LaneState& state = found->second;
    const bool rests =
        now < state.rests_until && state.rests_until <= now + options_.failure_throttle;
    if (state.is_under_way || rests) return std::nullopt;
  }
  const auto& price = view.policy.price;
  if (price > pacing::Age(0) && affordable(1, lane, debt, price, view.price_of) == 0)
    return std::nullopt;
  return lead(*lane, has_tick);
}

Ahead::Plan Ahead::plan(refill::Renewals& renewals,
                        const std::vector<Roster::Pick>& picks,
                        const View& view,
                        TimePoint now) {
  Plan plan{{}, now + options_.pause};
  if (!is_ready(view.policy, now)) return plan;
  auto lanes = due(renewals, picks, view, now, plan.next);
  std::ranges::stable_sort(lanes, std::ranges::greater(), &Due::asks);
  for (auto& lane : lanes) {
    if (!is_ready(view.policy, now)) break;
    begin(std::move(lane), renewals, view, now, plan);
  }
  return plan;
}

std::vector<Ahead::Due> Ahead::due(refill::Renewals& renewals,
                                   const std::vector<Roster::Pick>& picks,
                                   const View& view,
                                   TimePoint now,
                                   TimePoint& next) const {
  const auto lead_to = [&](const refill::LanePtr& lane, pacing::Age debt) {
    const bool has_tick = renewals.tick(lane->endpoint()).has_value();
    return lead_of(lane, debt, has_tick, view, now);
  };
  auto found = renewals.endings(lead_to, options_.fewest_asks, now);
  next = std::min(next, found.next);
  std::vector<Due> lanes;
  for (auto& ending : found.lanes) {
    auto& lane = lanes.emplace_back(Due{std::move(ending.lane), {}, ending.asks});
    for (auto& asset : ending.assets) lane.assets.push_back({std::move(asset)});
  }
  for (const auto& pick : picks) {
    const auto is_its = [&](const Due& one) { return one.lane->name() == pick.lane->name(); };
    auto lane = std::ranges::find_if(lanes, is_its);
    if (lane == lanes.end()) {
      if (!lead_to(pick.lane, renewals.debt(pick.lane, now))) continue;
      lane = lanes.insert(lanes.end(), {pick.lane, {}, 0});
    }
    if (std::ranges::find(lane->assets, pick.asset, &TaskAsset::name) == lane->assets.end())
      lane->assets.push_back({pick.asset, pick.run});
  }
  return lanes;
}

void Ahead::begin(
    Due due, refill::Renewals& renewals, const View& view, TimePoint now, Plan& plan) {
  const auto debt = renewals.debt(due.lane, now);
  const auto pays = affordable(due.assets.size(), due.lane, debt, view.policy.price, view.price_of);
  if (pays == 0) return;
  due.assets.resize(pays);
  lanes_[due.lane->name()].is_under_way = true;
  ++under_way_;
  const Credits price = view.price_of(due.lane, pays);
  plan.tasks.push_back({std::move(due.lane), std::move(due.assets), price});
}

void Ahead::end(const refill::Lane& lane, End how, milliseconds took, TimePoint now) {
  LaneState& state = lanes_[lane.name()];
  if (std::exchange(state.is_under_way, false)) --under_way_;
  switch (how) {
    case End::Renewed:
      state.took = state.took == milliseconds(0) ? took : (state.took * 3 + took) / 4;
      break;
    case End::Nothing: state.rests_until = now + options_.pause; break;
    case End::Failed: state.rests_until = now + options_.failure_throttle; break;
  }
  if (lanes_.size() > kMostLanes) forget_idle(now);
}

void Ahead::forget_idle(TimePoint now) {
  std::erase_if(lanes_, [now](const auto& one) {
    return !one.second.is_under_way && one.second.rests_until <= now;
  });
}

std::size_t affordable(std::size_t assets,
                       const refill::LanePtr& lane,
                       pacing::Age debt,
                       pacing::Age price,
                       const Ahead::PriceOf& price_of) {
  while (assets > 0) {
    const auto credits = std::max<std::int64_t>(1, price_of(lane, assets).count);
    if (debt >= price * static_cast<double>(credits)) break;
    // One call less.
    const auto step = lane->assets_per_call();
    assets = (assets - 1) / step * step;
  }
  return assets;
}

}  // namespace quotecached::warm
