// Which of a request's keys are fetched together: those of the assets that lack the same converts.
//
// Pure. A request's keys are numbered asset by asset, one per convert; a whole answer has one.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "base/types.hpp"
#include "refill/lane.hpp"

namespace quotecached::refill {

// What a request lacks of one lane.
struct LaneGroup {
  LanePtr lane;
  std::vector<std::size_t> keys;  // asset by asset, one per convert of the lane

  [[nodiscard]] std::size_t assets() const noexcept { return keys.size() / lane->keys_per_asset(); }
};

// The keys at `lacking` by lane, the lane of the first key first. Requires: ascending.
[[nodiscard]] std::vector<LaneGroup> lanes_of(const catalog::Request& request,
                                              std::span<const std::size_t> lacking);

// The most that fetching the groups may cost whoever asks for them.
[[nodiscard]] Credits worst_case(std::span<const LaneGroup> groups) noexcept;

// The lanes of assets of which some keys are fetched already: with the converts that are left.
class LanesLeft {
 public:
  explicit LanesLeft(LanePtr lane) : lane_(std::move(lane)) {}

  // `converts`: positions in the lane, ascending. Each lane is made once.
  [[nodiscard]] LanePtr of(const std::vector<std::size_t>& converts);

 private:
  const LanePtr lane_;
  std::map<std::vector<std::size_t>, LanePtr> narrow_;  // by converts
};

}  // namespace quotecached::refill
