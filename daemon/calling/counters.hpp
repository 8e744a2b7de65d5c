// What came of calls, for metrics. Written on the engine's loop, readable by any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "base/durations.hpp"
#include "provider/reading.hpp"

namespace quotecached::calling {

using Counter = std::atomic<std::uint64_t>;

struct Counters {
  std::array<Counter, provider::kVerdicts> answers{};  // upstream answers, by verdict
  Counter no_answer{0};                                // calls that ended without one
  Durations took;                                      // of all of these
  Counter retries{0};
  Counter not_admitted{0};  // calls the credit book or the breaker refused
};

}  // namespace quotecached::calling
