// What a request may have fetched, as the spend mode says.
//
// Pure; Life obeys it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pacing/spend_mode.hpp"
#include "proxy/gather.hpp"

namespace quotecached::proxy {

// Whether the stale copies of a request are renewed.
enum class Renewal : std::uint8_t {
  Yes,
  No,
  IfWorth,  // as far as that is worth the price of a credit (refill::Renewals)
};
[[nodiscard]] Renewal renewal_of(const Gather& gather, const pacing::SpendRules& rules);

// Of the slots that are to be asked of upstream, those that may not be paid for.
[[nodiscard]] std::vector<std::size_t> unpayable(const Gather& gather,
                                                 const pacing::SpendRules& rules,
                                                 bool renews);

}  // namespace quotecached::proxy
