// What clients ask for, by lanes, as the pacer foretells the cost of it. Pure.
#pragma once

#include <vector>

#include "base/clock.hpp"
#include "credit/price_check.hpp"
#include "pacing/renewal_cost.hpp"
#include "refill/renewals.hpp"

namespace quotecached::refill {

// Those lanes that are asked for most; nearly all asks are for two or three.
[[nodiscard]] std::vector<pacing::LaneDemand> lane_demand(const Renewals& renewals,
                                                          const credit::PriceCheck& prices,
                                                          TimePoint now);

}  // namespace quotecached::refill
