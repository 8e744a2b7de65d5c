// What is kept over a restart of what clients ask for.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "refill/lane.hpp"

namespace quotecached::refill {

// The asks for one key.
struct KeptAsk {
  std::string target;    // that asks the provider for it alone
  double asks = 0;       // of a day, at `last`
  TimePoint last;        // when it was asked for
  TimePoint fetched_at;  // its copy
  std::uint32_t bytes = 0;
  bool is_name = false;  // of assets that have rows of their own
};

// The same before its target is spelled: for ten thousand that takes long, and who can does it on
// another thread.
struct UnspelledAsk {
  LanePtr lane;
  std::string asset;
  KeptAsk kept;  // without its target
};

}  // namespace quotecached::refill
