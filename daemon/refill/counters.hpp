// What refill did, for metrics. Written on the engine's loop, readable by any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "provider/reading.hpp"
#include "refill/suspects.hpp"

namespace quotecached::refill {

using Counter = std::atomic<std::uint64_t>;

// Upper bounds of the batch size histogram, in assets.
inline constexpr std::array<std::size_t, 6> kBatchBuckets = {1, 5, 20, 50, 100, 250};

struct Counters {
  Counter wanted{0};     // keys asked of refill
  Counter coalesced{0};  // of these, joined a fetch already under way
  Counter throttled{0};  // of these, not tried because the lane fails and a stale copy exists
  Counter abandoned{0};  // of these, dropped before their call: nobody waited any more
  Counter batches{0};
  Counter batch_assets{0};
  std::array<Counter, kBatchBuckets.size() + 1> batch_sizes{};  // the last: larger than any bound
  std::array<Counter, provider::kVerdicts> answers{};           // upstream answers, by verdict
  Counter no_answer{0};                                         // calls that ended without one
  Counter retries{0};
  Counter not_admitted{0};       // calls the credit book or the breaker refused
  Counter absent{0};             // assets the provider does not know
  Counter refused_fragments{0};  // malformed or contradictory parts of answers
  Counter flawed_prices{0};      // null, zero, negative ... prices in answers
  std::array<Counter, kClaims>
      withheld{};  // answers that contradict a copy and are not believed yet
};

}  // namespace quotecached::refill
