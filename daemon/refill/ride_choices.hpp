// What is chosen to ride in a call while its batch still collects: the choice looks at all that is
// asked for, and would otherwise stand between the end of the batch and its call.
//
// Pure: time is an argument. Owned by Refill and used on the engine's loop only.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "refill/lane.hpp"
#include "refill/rider.hpp"

namespace quotecached::refill {

class RideChoices {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // A batch that waited longer for its turn chooses anew. Four times the longest that a batch
  // collects by default.
  static constexpr std::chrono::milliseconds kLife{400};

  // For the next call of the lane, in the order of their worth. Replaces what was chosen before.
  void put(const Lane& lane, std::vector<Rider> riders, Time now);

  // What was chosen for the lane and still fits into `room` items, and is busy with nothing else by
  // now; nothing when no choice was made lately. It is told once.
  [[nodiscard]] std::optional<std::vector<Rider>> take(
      const Lane& lane,
      std::size_t room,
      const std::function<bool(std::string_view key)>& is_busy,
      Time now);

 private:
  struct Choice {
    std::vector<Rider> riders;
    Time made_at;
  };

  std::unordered_map<std::string, Choice> choices_;  // by name of the lane
};

}  // namespace quotecached::refill
