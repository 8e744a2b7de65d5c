// A price that is well-formed JSON but no price.
#pragma once

#include <cstdint>

namespace quotecached::quote {

enum class PriceFlaw : std::uint8_t { None, Null, Zero, Negative, OutOfRange, NotANumber };

}  // namespace quotecached::quote
