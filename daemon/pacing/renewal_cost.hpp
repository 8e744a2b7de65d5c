// What renewing copies is expected to cost when a call is made as soon as it saves the price of its
// credits.
//
// A lane that is asked for r times a second and whose copies are t seconds old owes r t^2 / 2 of
// age; at the first ask after that has reached the price a call renews them. For asks that come at
// random this is the best that can be done without knowing the future. Pure.
#pragma once

#include <span>

#include "pacing/age.hpp"

namespace quotecached::pacing {

// One lane as far as its cost goes.
struct LaneDemand {
  double share = 1;    // of all asks
  double fresh = 60;   // seconds in which a copy is not renewed
  double credits = 1;  // of a call
};

// Seconds from one call to the next where `rate` asks come in a second.
[[nodiscard]] double seconds_between_calls(double rate, double fresh, Age price) noexcept;

// Seconds after which a lane owes `price` with the next request for so many assets.
[[nodiscard]] double seconds_to_owe(double rate, Age price, double assets = 1) noexcept;

// Credits that an hour of `asks` costs at `price` for each.
[[nodiscard]] double credits_of_hour(std::span<const LaneDemand> lanes,
                                     double asks,
                                     Age price) noexcept;

}  // namespace quotecached::pacing
