// Which assets an order means, in which lanes, and why each. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "refill/lane.hpp"
#include "refill/renewals.hpp"
#include "warm/order.hpp"
#include "warm/window.hpp"

namespace quotecached::warm {

// What orders may name.
struct Lists {
  std::vector<Window> windows;
  std::vector<std::string> pinned;
  std::size_t popular = 50;
};

struct PlannedLane {
  refill::LanePtr lane;  // with one convert
  struct Asset {
    std::string name;
    std::string why;  // "popular: 12 asks a minute", "window majors", "pinned", "ordered"
  };
  std::vector<Asset> assets;  // no two alike
};

// `lanes`: those to warm in, by id, and what is ordered by symbol also by symbol. Fails with
// Invalid: there is no such window.
[[nodiscard]] Result<std::vector<PlannedLane>> plan_of(const Order& order,
                                                       const Lists& lists,
                                                       const std::vector<refill::LanePtr>& lanes,
                                                       const refill::Renewals& renewals,
                                                       TimePoint now);

// "popular 50", "window majors", "due", "12 assets".
[[nodiscard]] std::string words_for(const Order& order, const Lists& lists);

}  // namespace quotecached::warm
