// What a call has cost, as far as its answer tells.
#pragma once

#include "base/types.hpp"

namespace quotecached::ledger {

struct Charge {
  Credits credits;             // the provider's word; 0 where it gave none
  bool is_told = false;        // it gave one
  bool may_be_billed = false;  // it gave none, and may have billed the call all the same

  // What is to be booked: where nothing is told of a call that may be billed, the worst.
  [[nodiscard]] Credits booked(Credits worst_case) const noexcept {
    return may_be_billed && !is_told ? worst_case : credits;
  }
};

}  // namespace quotecached::ledger
