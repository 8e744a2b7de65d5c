#include "catalog/fiat.hpp"

#include <algorithm>
#include <array>

namespace quotecached::catalog {
namespace {

// As the provider's fiat map has them, sorted. One that it takes in later counts as a coin here.
constexpr auto kCodes = std::to_array<std::string_view>(
    {"AED", "ALL", "AMD", "ARS", "AUD", "AZN", "BAM", "BDT", "BGN", "BHD", "BMD", "BOB", "BRL",
     "BYN", "CAD", "CHF", "CLP", "CNY", "COP", "CRC", "CUP", "CZK", "DKK", "DOP", "DZD", "EGP",
     "EUR", "GBP", "GEL", "GHS", "GTQ", "HKD", "HNL", "HRK", "HUF", "IDR", "ILS", "INR", "IQD",
     "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KRW", "KWD", "KZT", "LBP", "LKR",
     "MAD", "MDL", "MKD", "MMK", "MNT", "MUR", "MXN", "MYR", "NAD", "NGN", "NIO", "NOK", "NPR",
     "NZD", "OMR", "PAB", "PEN", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SEK",
     "SGD", "SSP", "THB", "TND", "TRY", "TTD", "TWD", "UAH", "UGX", "USD", "UYU", "UZS", "VES",
     "VND", "XAG", "XAU", "XPD", "XPT", "ZAR"});
static_assert(std::ranges::is_sorted(kCodes));

}  // namespace

bool is_fiat_code(std::string_view code) noexcept {
  return std::ranges::binary_search(kCodes, code);
}

bool is_fiat_id(std::uint64_t id) noexcept {
  return (id >= 2781 && id <= 2824) || id == 2832 || (id >= 3526 && id <= 3577);
}

}  // namespace quotecached::catalog
