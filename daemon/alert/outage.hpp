// Calls that fail, without one that was answered.
#pragma once

#include "base/clock.hpp"

namespace quotecached::alert {

struct Outage {
  TimePoint since;
  TimePoint last;  // the last that failed: nobody may have called for long

  friend bool operator==(const Outage&, const Outage&) = default;
};

}  // namespace quotecached::alert
