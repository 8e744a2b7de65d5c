// Who bears the calls of a batch: the clients that started its assets, by their number. Pure.
#pragma once

#include <vector>

#include "base/types.hpp"
#include "credit/joint_hold.hpp"
#include "refill/batch_asset.hpp"

namespace quotecached::refill {

// In the order in which they came.
[[nodiscard]] std::vector<credit::Payer> payers_of(const BatchAssets& assets);

// Puts each payer's part on the first of its assets, whose request bears it. Requires: payers_of()
// these assets, and a part for each or none at all.
void charge(const BatchAssets& assets, const std::vector<Credits>& parts);

}  // namespace quotecached::refill
