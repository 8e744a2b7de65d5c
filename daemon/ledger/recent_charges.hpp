// What calls of the last minutes were charged: the provider's count may lag behind them.
//
// Pure. Part of the Ledger. Bounded: one entry per second with a settled call.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/clock.hpp"
#include "base/types.hpp"

namespace quotecached::ledger {

class RecentCharges {
 public:
  static constexpr std::chrono::minutes kRemembered{5};

  struct Sum {
    Credits credits;
    std::int64_t requests = 0;
  };

  // A call ended at `at`, which is no later than `now`.
  void note(Credits charged, TimePoint at, TimePoint now);

  // Of calls that ended at `time` or later; empty when that is not remembered any more.
  [[nodiscard]] std::optional<Sum> since(TimePoint time, TimePoint now);

 private:
  struct Entry {
    TimePoint second;
    Sum sum;
  };

  // A clock that stepped back makes all later calls happen now.
  void follow(TimePoint now);

  std::deque<Entry> entries_;  // by second
};

}  // namespace quotecached::ledger
