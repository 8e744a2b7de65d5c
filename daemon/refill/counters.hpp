// What refill did, for metrics. Written on the engine's loop, readable by any thread.
#pragma once

#include <array>
#include <cstdint>

#include "calling/counters.hpp"
#include "refill/suspects.hpp"

namespace quotecached::refill {

using calling::Counter;

// Upper bounds of the batch size histogram, in assets.
inline constexpr std::array<std::size_t, 6> kBatchBuckets = {1, 5, 20, 50, 100, 250};

struct Counters : calling::Counters {
  Counter wanted{0};       // keys asked of refill
  Counter coalesced{0};    // of these, joined a fetch already under way
  Counter throttled{0};    // of these, not tried because the lane fails and a stale copy exists
  Counter abandoned{0};    // of these, dropped before their call: nobody waited any more
  Counter turned_away{0};  // assets that nobody knows, whose turn for a call did not come in time
  Counter batches{0};
  Counter batch_assets{0};  // that batches were made for
  Counter riding{0};        // others that went along in them
  Counter names_told{0};    // symbols and slugs of which an answer told what they lead to
  std::array<Counter, kBatchBuckets.size() + 1> batch_sizes{};  // the last: larger than any bound
  Counter absent{0};                                            // assets the provider does not know
  Counter refused_fragments{0};  // malformed or contradictory parts of answers
  Counter flawed_prices{0};      // null, zero, negative ... prices in answers
  std::array<Counter, kClaims>
      withheld{};  // answers that contradict a copy and are not believed yet
};

}  // namespace quotecached::refill
