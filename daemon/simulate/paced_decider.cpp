#include "simulate/paced_decider.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "refill/lane_demand.hpp"
#include "refill/split.hpp"

namespace quotecached::simulate {

PacedDecider::PacedDecider(const Options& options)
    : ledger_(options.ledger),
      modes_(options.modes),
      pacer_(options.pacing),
      renewals_(options.renewals),
      rides_(options.rides) {}

void PacedDecider::each_minute(TimePoint now) {
  spending_.asks = renewals_.take_asks();
  spending_.renews = policy_.rules.refreshes != pacing::Refreshes::None;
  spending_.price = policy_.price;
  pacer_.set_lanes(refill::lane_demand(renewals_, prices_, now));
  pacer_.note(std::exchange(spending_, {}), now);
  const auto uses = ledger_.uses(now);
  const auto price = pacer_.price(uses, now);
  const auto mode = modes_.choose(uses, price > pacing::Age(0), now).mode;
  policy_ = pacing::policy_of(mode, price, pacer_.stretch(price, now));
  ++minutes_[static_cast<std::size_t>(mode)];
}

void PacedDecider::note_asked(const refill::LanePtr& lane,
                              std::string_view asset,
                              std::size_t convert,
                              std::string_view key,
                              const cache::Entry& copy,
                              TimePoint now) {
  renewals_.note_asked(lane, asset, convert, key, copy, now);
}

void PacedDecider::note_named(const refill::Renewals::NamedAsk& ask, TimePoint now) {
  renewals_.note_named(ask, now);
}

bool PacedDecider::pays(std::span<const refill::LaneGroup> lanes, bool lacks, TimePoint now) {
  const auto& rules = policy_.rules;
  if (lacks && rules.misses) return true;  // the stale copies go along
  if (rules.refreshes != pacing::Refreshes::Worthwhile)
    return rules.refreshes == pacing::Refreshes::All;
  std::vector<refill::LanePtr> called;
  Credits credits;
  for (const auto& group : lanes) {
    called.push_back(group.lane);
    credits += refill::price_of(*group.lane, group.assets(), prices_).predicted;
  }
  return renewals_.is_worth(called, policy_.price * static_cast<double>(credits.count), now);
}

bool PacedDecider::call(const refill::LanePtr& lane, Credits price, bool lacks, TimePoint now) {
  const auto purpose = lacks ? ledger::Purpose::Miss : ledger::Purpose::Refresh;
  const auto hold = ledger_.hold(price, purpose, now);
  if (!hold) return false;
  ledger_.settle(*hold, price, now);
  (lacks ? spending_.foreground : spending_.renewals) += price;
  renewals_.note_called(lane, now);
  return true;
}

std::vector<refill::Rider> PacedDecider::riders(const refill::LanePtr& lane,
                                                std::span<const std::string> assets,
                                                std::span<const std::string> keys,
                                                TimePoint now) {
  if (!rides_) return {};
  const auto room = renewals_.room(lane, assets);
  const auto is_busy = [keys](std::string_view key) {
    return std::ranges::find(keys, key) != keys.end();
  };
  auto riders = renewals_.riders(lane, room, is_busy, now);
  // By symbol each may be billed for many coins.
  const auto most = refill::worst_case(*lane, assets.size() + riders.size());
  const bool may_cost_more = !refill::has_room_for_riders(*lane);
  if (may_cost_more && ledger_.refusal(most, ledger::Purpose::Miss, now)) riders.clear();
  return riders;
}

void PacedDecider::note_filed(std::string_view key, const cache::Entry& copy) {
  renewals_.note_filed(key, copy);
}

TimePoint PacedDecider::fresh_until(const catalog::Endpoint& endpoint,
                                    TimePoint data_at,
                                    TimePoint now) const {
  refill::Timing timing;
  timing.asked_at = now;
  timing.times.stretch = policy_.stretch;
  timing.tick = renewals_.tick(endpoint);
  return refill::fresh_until(endpoint.freshness, timing, data_at);
}

void PacedDecider::note_data(const catalog::Endpoint& endpoint, TimePoint data_at, TimePoint now) {
  renewals_.note_data(endpoint, now, data_at);
}

double PacedDecider::share_of(pacing::SpendMode mode) const noexcept {
  const auto all = std::accumulate(minutes_.begin(), minutes_.end(), std::int64_t{0});
  if (all == 0) return 0;
  return static_cast<double>(minutes_[static_cast<std::size_t>(mode)]) / static_cast<double>(all);
}

}  // namespace quotecached::simulate
