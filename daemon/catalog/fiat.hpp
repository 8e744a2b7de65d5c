// The currencies that are no cryptocurrencies: those of states, and metals by the ounce. Pure data.
//
// Where a currency is asked for (`convert`), the provider takes such a code for the fiat currency,
// though there are coins with the same symbol.
#pragma once

#include <cstdint>
#include <string_view>

namespace quotecached::catalog {

// In upper case.
[[nodiscard]] bool is_fiat_code(std::string_view code) noexcept;
// No coin has an id among them.
[[nodiscard]] bool is_fiat_id(std::uint64_t id) noexcept;

}  // namespace quotecached::catalog
