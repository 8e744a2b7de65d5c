#include "refill/lane_demand.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace quotecached::refill {
namespace {

constexpr std::size_t kMostLanes = 8;

}  // namespace

std::vector<pacing::LaneDemand> lane_demand(const Renewals& renewals,
                                            const credit::PriceCheck& prices,
                                            TimePoint now) {
  std::vector<pacing::LaneDemand> lanes;
  for (const auto& [lane, share] : renewals.lanes(kMostLanes, now)) {
    const auto price = price_of(*lane, lane->assets_per_call(), prices).predicted.count;
    const auto fresh = lane->endpoint().freshness.get().fresh;
    lanes.push_back({.share = share,
                     .fresh = static_cast<double>(fresh.count()),
                     .credits = static_cast<double>(std::max<std::int64_t>(1, price))});
  }
  return lanes;
}

}  // namespace quotecached::refill
