// What a request may have fetched, as the spend mode says.
//
// Pure; Life obeys it.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "pacing/refresh_worth.hpp"
#include "pacing/spend_mode.hpp"
#include "proxy/gather.hpp"

namespace quotecached::proxy {

// Whether renewing these copies, all that a request lacks, is worth what it costs
// (pacing::RefreshWorth).
using IsWorth = std::function<bool(std::span<const pacing::StaleCopy>)>;

// Of the slots that are not fresh, those that may not be paid for. `is_worth` is asked only where
// the rules depend on it, once: the stale copies of a request share a call.
[[nodiscard]] std::vector<std::size_t> unpayable(const Gather& gather,
                                                 const pacing::SpendRules& rules,
                                                 const IsWorth& is_worth);

}  // namespace quotecached::proxy
