// Who bears how much of a cost that several caused together. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "base/types.hpp"

namespace quotecached::ledger {

struct Bearer {
  std::int64_t weight = 0;  // what it has asked for, against the others
  Credits most;             // what it has set aside
};

// The part of `total` that each bearer bears: whole credits by weight, by the largest remainder, of
// equal ones the first. None bears more than its most while another has room; what all of them
// together have not set aside goes by weight again. The parts sum up to `total`, unless there is
// nobody. Requires: total >= 0, weights > 0.
[[nodiscard]] std::vector<Credits> cost_shares(Credits total, const std::vector<Bearer>& bearers);

}  // namespace quotecached::ledger
