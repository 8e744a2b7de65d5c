// What calls cost by the catalogue's prices. Pure.
#pragma once

#include <cstddef>

#include "base/types.hpp"
#include "catalog/endpoint.hpp"

namespace quotecached::catalog {

// The price of one answer with `items` billed items (0: not known, or none) in `converts` converts
// ("no convert" counts as one). What the provider charges may differ: see status.credit_count.
[[nodiscard]] Credits list_price(const Price& price,
                                 std::size_t items,
                                 std::size_t converts) noexcept;

}  // namespace quotecached::catalog
