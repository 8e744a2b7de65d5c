// How many calls were charged lately, as the database tells: what a forecast may be founded on
// after a restart.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace quotecached::store {
class ReaderPool;
}

namespace quotecached::credit {

// Of the account in the week before `now`; at most pacing::kLeastCharges. Blocks. Fails with
// Unavailable.
Result<std::int64_t> count_charges(store::ReaderPool& readers,
                                   std::string_view account,
                                   TimePoint now);

}  // namespace quotecached::credit
