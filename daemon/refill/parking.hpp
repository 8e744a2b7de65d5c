// Assets that wait until their names may be paid for (JunkGate), or ride along with a call that is
// made in their lane anyway. Bounded; pure. Owned by WantQueue.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>

#include "refill/batch_asset.hpp"
#include "refill/junk_gate.hpp"
#include "refill/lane.hpp"

namespace quotecached::refill {

class Parking {
 public:
  using Time = JunkGate::Time;

  explicit Parking(std::size_t most) : most_(most) {}

  [[nodiscard]] bool is_full() const noexcept { return parked_.size() >= most_; }
  // Requires: it is not full.
  void add(LanePtr lane, BatchAsset asset);

  // The lane of the first asset that may be paid for now; null when there is none.
  [[nodiscard]] LanePtr open_lane(const JunkGate& gate, Time now) const;
  // When there will be one; empty: nothing waits.
  [[nodiscard]] std::optional<Time> opens(const JunkGate& gate, Time now) const;

  // The first ones of this lane, at most so many.
  [[nodiscard]] BatchAssets take(const std::string& lane, std::size_t most);

 private:
  struct Parked {
    LanePtr lane;
    BatchAsset asset;
  };

  std::size_t most_;
  std::deque<Parked> parked_;  // oldest first
};

}  // namespace quotecached::refill
