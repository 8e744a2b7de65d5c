// Does a fragment lack a price that the fragment held before has?
//
// Pure. Asked for what a refill brings only: the slots that are in question are read again.
#pragma once

#include "base/fragment.hpp"

namespace quotecached::quote {

// `is_flawed`: some price of `brought` is none. Coins are told apart by their ids: one that had no
// price before has not lost it. One that is not there any more has, unless as many others are: a
// name that has changed hands is no price that was lost.
[[nodiscard]] bool lost_price(const Fragment& held, const Fragment& brought, bool is_flawed);

}  // namespace quotecached::quote
