#include "ledger/price.hpp"

#include <cassert>
#include <cmath>
#include <utility>

namespace quotecached::ledger {
namespace {

constexpr double kBillion = 1e9;

// A million credits at the highest price have more digits than 64 bits hold.
__extension__ using Wide = __int128;

}  // namespace

double Price::per_credit() const noexcept { return static_cast<double>(billionths) / kBillion; }

Price price_of(double per_credit, std::string currency) {
  assert(per_credit >= 0 && per_credit <= 1000);
  return {std::llround(per_credit * kBillion), std::move(currency)};
}

std::int64_t cost_of(std::int64_t microcredits, const Price& price) noexcept {
  constexpr Wide kPart = 1'000'000'000;  // millionths times billionths, to millionths
  const Wide exact = static_cast<Wide>(microcredits) * price.billionths;
  const Wide half = exact < 0 ? -kPart / 2 : kPart / 2;
  return static_cast<std::int64_t>((exact + half) / kPart);
}

}  // namespace quotecached::ledger
