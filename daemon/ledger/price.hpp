// What a credit costs in money, and what credits cost by it.
//
// Pure, and exact: sums are whole numbers of the smallest parts, rounded once, at the end.
#pragma once

#include <cstdint>
#include <string>

namespace quotecached::ledger {

struct Price {
  std::int64_t billionths = 0;  // of the currency's unit for a credit; 0: not known
  std::string currency;         // "USD"; empty: the operator knows which

  [[nodiscard]] bool is_known() const noexcept { return billionths > 0; }
  [[nodiscard]] double per_credit() const noexcept;
};

// Of a credit, to the billionth. Requires: 0 <= per_credit <= 1000.
[[nodiscard]] Price price_of(double per_credit, std::string currency);

// What so many millionths of a credit cost, in millionths of the currency's unit, halves away from
// zero.
[[nodiscard]] std::int64_t cost_of(std::int64_t microcredits, const Price& price) noexcept;

}  // namespace quotecached::ledger
