// Holds what calls cost against what the catalogue says they cost.
//
// Pure bookkeeping; not thread-safe, owned by the Book. Knows two things per endpoint: by how much
// calls cost more than foretold (holds are raised by the most seen lately, so that a price that
// rose cannot overspend), and how many coins a symbol stands for on average (a lookup by symbol is
// billed for all coins that share it).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/types.hpp"

namespace quotecached::credit {

// The most coins one symbol stood for in a full map of the provider (24,241 coins, September 2023)
// was 22. The worst case of a lookup by symbol assumes this many for each.
inline constexpr std::int64_t kMostCoinsPerSymbol = 25;

class PriceCheck {
 public:
  // A price is persistently wrong after this many mismatches in the last calls of an endpoint.
  static constexpr int kPersistent = 3;
  static constexpr int kRemembered = 20;

  struct Endpoint {
    std::uint64_t checked = 0;     // calls compared
    std::uint64_t mismatches = 0;  // of these, charged otherwise than foretold
    std::int64_t predicted = 0;    // credits, of all compared
    std::int64_t charged = 0;
    double coins_per_symbol = 1;  // learned
    std::int64_t surcharge = 0;   // added to the worst case of the next calls
    bool is_mispriced = false;    // persistently
  };

  // `worst_case` by the catalogue, raised by what calls of this endpoint lately cost beyond theirs.
  [[nodiscard]] Credits worst_case(std::string_view endpoint, Credits worst_case) const;

  // A good answer came. `is_exact`: its price is known beforehand (no lookup by symbol, number of
  // items known); otherwise only a charge above `worst_case` is a mismatch. `symbols`: how many
  // were asked for by symbol, 0 when none; `step`: items per credit.
  void note(std::string_view endpoint,
            Credits predicted,
            Credits worst_case,
            Credits charged,
            bool is_exact);

  [[nodiscard]] const std::map<std::string, Endpoint, std::less<>>& endpoints() const noexcept {
    return endpoints_;
  }

 private:
  std::map<std::string, Endpoint, std::less<>> endpoints_;
};

}  // namespace quotecached::credit
