// What a call for assets of a lane is booked as. Pure.
#pragma once

#include <chrono>

#include "credit/call.hpp"
#include "credit/price_check.hpp"
#include "refill/batch_asset.hpp"
#include "refill/lane.hpp"
#include "refill/planner.hpp"

namespace quotecached::refill {

// When one of the assets was last asked for.
[[nodiscard]] std::chrono::steady_clock::time_point last_wanted(const BatchAssets& assets);

// `patience`: how long whoever asked last waits. Requires: there are assets.
[[nodiscard]] credit::CallIntent intent_of(const Lane& lane,
                                           const BatchAssets& assets,
                                           Reason reason,
                                           const credit::PriceCheck& prices,
                                           std::chrono::milliseconds patience);

}  // namespace quotecached::refill
