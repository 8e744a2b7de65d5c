// What a call has cost, as far as its answer tells.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/types.hpp"

namespace quotecached::ledger {

// Of a call whose price is known, more times its hold than any price rose by; of one whose price is
// not, more credits than any documented call costs. One wrong answer that was believed beyond that
// would lock whoever paid out of his day, and let no call pass until the provider is asked again.
inline constexpr std::int64_t kMostTimesHeld = 100;
inline constexpr Credits kMostOfUnpriced{10'000};

struct Charge {
  Credits credits;             // the provider's word; 0 where it gave none
  bool is_told = false;        // it gave one
  bool may_be_billed = false;  // it gave none, and may have billed the call all the same

  // What is to be booked: where nothing is told of a call that may be billed, the worst.
  [[nodiscard]] Credits booked(Credits worst_case) const noexcept {
    return may_be_billed && !is_told ? worst_case : credits;
  }

  // The provider told more than a call with such a hold can cost.
  [[nodiscard]] bool is_beyond_belief(Credits held, bool is_priced) const noexcept {
    const Credits most{std::max<std::int64_t>(held.count, 1) * kMostTimesHeld};
    return is_told && credits > (is_priced ? most : std::max(most, kMostOfUnpriced));
  }

  // From here on as though it had told nothing: the worst is booked.
  void disbelieve() noexcept {
    is_told = false;
    may_be_billed = true;
  }
};

}  // namespace quotecached::ledger
