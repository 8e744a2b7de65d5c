// A list that is answered without some of its assets, of which the provider said nothing usable.
//
// Pure. The client is told their names: what is not in an answer would otherwise pass for unknown.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "catalog/request.hpp"

namespace quotecached::proxy {

// The request without the assets at `odd` (ascending), as far as answers are made of it. It points
// into `request`.
[[nodiscard]] catalog::Request without(const catalog::Request& request,
                                       std::span<const std::size_t> odd);

// Their names, separated by commas; of many the first, and "..." behind them.
[[nodiscard]] std::string names_of(const catalog::Request& request,
                                   std::span<const std::size_t> odd);

}  // namespace quotecached::proxy
