#include "catalog/price.hpp"

#include <algorithm>

namespace quotecached::catalog {

Credits list_price(const Price& price, std::size_t items, std::size_t converts) noexcept {
  Credits credits{price.base};
  if (price.step > 0) {
    const auto billed = static_cast<std::int64_t>(items);
    credits.count = std::max(price.base, (billed + price.step - 1) / price.step);
  }
  if (price.per_convert && converts > 1) credits.count += static_cast<std::int64_t>(converts) - 1;
  return credits;
}

}  // namespace quotecached::catalog
