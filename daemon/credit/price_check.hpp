// Holds what calls cost against what the catalogue says they cost.
//
// Pure bookkeeping; not thread-safe, owned by the Book. Knows two things per endpoint: by how much
// calls cost more than foretold (holds are raised by the most seen lately, so that a price that
// rose cannot overspend), and how many coins a symbol stands for on average (a lookup by symbol is
// billed for all coins that share it).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/types.hpp"
#include "credit/call.hpp"

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

  // What a lookup of so many symbols is likely to cost, at `step` coins per credit, without what is
  // fixed. Requires: symbols > 0, step > 0.
  [[nodiscard]] Credits predicted_for(std::string_view endpoint,
                                      std::size_t symbols,
                                      std::int64_t step) const;

  // A call was settled; its intent's worst case is the catalogue's, not raised. Only good answers
  // that tell what they were charged are compared. Where the price is not known beforehand
  // (`is_exact`), only a charge above the worst case is a mismatch. A lookup by symbol whose price
  // is not known beforehand teaches how many coins there are to a symbol.
  void note(const CallRecord& record);

  // The provider counted less than its answers told: what they told beyond the worst case was
  // wrong, and holds are raised by it no more.
  void forget_excess() noexcept;

  [[nodiscard]] const std::map<std::string, Endpoint, std::less<>>& endpoints() const noexcept {
    return endpoints_;
  }

 private:
  struct Compared {
    bool is_mismatch = false;
    std::int64_t excess = 0;  // charged beyond the worst case
  };
  // What endpoints() is made from.
  struct Memory {
    std::array<Compared, kRemembered> lasts{};
    std::size_t next = 0;  // of `lasts`, to be overwritten
    double coins = 0;      // of the lookups by symbol, older ones counting less
    double symbols = 0;
  };

  static void compare(Endpoint& endpoint, Memory& memory, const CallRecord& record);
  static void learn(Endpoint& endpoint, Memory& memory, const CallRecord& record);

  std::map<std::string, Endpoint, std::less<>> endpoints_;
  std::map<std::string, Memory, std::less<>> memories_;
};

}  // namespace quotecached::credit
