// What a request may have fetched: as the spend mode says, and at what price for its client.
//
// Pure; Life obeys it.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/types.hpp"
#include "catalog/request.hpp"
#include "credit/spend_mode.hpp"
#include "proxy/gather.hpp"

namespace quotecached::proxy {

// Of the slots that are not fresh, those that may not be paid for. `is_asked_twice` tells whether a
// stale key was asked for lately; it is asked only where the rules depend on it.
[[nodiscard]] std::vector<std::size_t> unpayable(
    const Gather& gather,
    const credit::SpendRules& rules,
    const std::function<bool(const std::string&)>& is_asked_twice);

// The most that fetching `missing` may cost whoever asks for it.
[[nodiscard]] Credits price_of(const catalog::Request& request,
                               std::span<const refill::Missing> missing);

}  // namespace quotecached::proxy
