// What an ask gets at a moment: which rows there are, what does not exist, which tickers are
// shared, and what is wanting.
//
// The deciding core of the endpoint: pure where its Holdings are. A picture points into the ask and
// the holdings it was made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "compact/ask.hpp"
#include "compact/choice.hpp"
#include "compact/holdings.hpp"
#include "compact/purchase.hpp"

namespace quotecached::compact {

// One of the coins that share a ticker.
struct Candidate {
  std::uint64_t id = 0;
  // The copy that tells its name; null entry: none does.
  Copy copy;
  Row row;
};

struct Shared {
  std::size_t asset = 0;              // position in the ask
  std::vector<Candidate> candidates;  // the best rank first, then as the provider lists them
};

struct Quote {
  std::size_t asset = 0;  // positions in the ask
  std::size_t convert = 0;
  Choice choice;  // has a row
};

struct Picture {
  std::vector<Quote> quotes;  // in the order asked, convert by convert
  std::vector<std::size_t> missing;
  std::vector<Shared> ambiguous;
  std::vector<Want> wants;           // in the order asked, one per asset at most
  std::vector<std::size_t> without;  // assets that lack a row in some convert
};

// Which aliases lead somewhere: those that were told lately, or any, for want of better.
enum class Names : std::uint8_t { Believed, Any };

[[nodiscard]] Picture look(
    const Ask& ask, const Holdings& holdings, const Lots& lots, Names names, TimePoint now);

}  // namespace quotecached::compact
