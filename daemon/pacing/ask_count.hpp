// How often something is asked for: two decayed counts of its asks, one that remembers about a day
// and one that notices a burst.
//
// Pure. 12 bytes; as many are kept as there are assets that somebody asks for.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.hpp"

namespace quotecached::pacing {

class AskCount {
 public:
  static constexpr std::chrono::seconds kHalfLife{86400};  // of the count of a day
  // Nobody asked for it so long: hardly anybody will. Not after a day: what is asked for once or
  // twice a day is often missed on one, and would be given up just before it is asked for again.
  static constexpr std::chrono::seconds kIdleAfter = 2 * kHalfLife;
  static constexpr std::chrono::seconds kBurstHalfLife{600};
  static constexpr std::chrono::seconds kGrain{1};  // to which the last ask is known

  AskCount() = default;
  // What is left of asks that were counted before a restart, the last of them at `last`.
  AskCount(double asks, TimePoint last) noexcept;

  // Counts `asks` more at `now`. A clock that stepped back ages nothing.
  void note(double asks, TimePoint now) noexcept;

  // Asks per second, by the last day or so. Of what is asked for since an hour only it says too
  // little; as a share of a sum of such counts it is right from the start.
  [[nodiscard]] double daily(TimePoint now) const noexcept;
  // The same by the last quarter of an hour.
  [[nodiscard]] double lately(TimePoint now) const noexcept;

  // What is left of the asks of a day.
  [[nodiscard]] double left(TimePoint now) const noexcept;
  // When it was last asked for, to the second.
  [[nodiscard]] TimePoint last() const noexcept;
  // Nobody asked for it within kIdleAfter.
  [[nodiscard]] bool is_idle(TimePoint now) const noexcept;

 private:
  [[nodiscard]] float age(TimePoint now) const noexcept;

  float day_ = 0;
  float burst_ = 0;
  std::uint32_t at_ = 0;  // when it was last asked for, seconds since 1970; 0: never
};

}  // namespace quotecached::pacing
