// Finds jumps of the wall clock: it and the steady clock must go on alike.
//
// Pure: both times are arguments. Not thread-safe.
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.hpp"

namespace quotecached::health {

class ClockWatch {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  struct Jump {
    milliseconds by{0};  // negative: back
    milliseconds ago{0};
    // Of this jump and those before it, none of which is older than kJumpIsTold by the next one.
    int times = 1;
    milliseconds in_all{0};
  };

  // To be called about once a second. A clock that drifts by less than kClockTolerance between two
  // calls does not jump.
  void note(TimePoint wall, Steady steady);
  // The last one, for as long as kJumpIsTold.
  [[nodiscard]] std::optional<Jump> jump(Steady now) const;

 private:
  struct Seen {
    TimePoint wall;
    Steady steady;
  };
  struct Jumped {
    milliseconds by;
    Steady at;
    int times;
    milliseconds in_all;
  };
  std::optional<Seen> last_;
  std::optional<Jumped> jumped_;
};

}  // namespace quotecached::health
