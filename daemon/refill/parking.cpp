#include "refill/parking.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace quotecached::refill {

void Parking::add(LanePtr lane, BatchAsset asset) {
  assert(!is_full());
  parked_.push_back({std::move(lane), std::move(asset)});
}

LanePtr Parking::open_lane(const JunkGate& gate, Time now) const {
  const auto open = std::ranges::find_if(parked_, [&](const Parked& parked) {
    return gate.opens(client_of(parked.asset), now) <= now;
  });
  return open == parked_.end() ? nullptr : open->lane;
}

std::optional<Parking::Time> Parking::opens(const JunkGate& gate, Time now) const {
  std::optional<Time> soonest;
  for (const auto& parked : parked_) {
    const auto at = gate.opens(client_of(parked.asset), now);
    if (!soonest || at < *soonest) soonest = at;
  }
  return soonest;
}

BatchAssets Parking::take(const std::string& lane, std::size_t most) {
  BatchAssets taken;
  for (auto at = parked_.begin(); at != parked_.end() && taken.size() < most;) {
    if (at->lane->name() != lane) {
      ++at;
      continue;
    }
    taken.push_back(std::move(at->asset));
    at = parked_.erase(at);
  }
  return taken;
}

}  // namespace quotecached::refill
