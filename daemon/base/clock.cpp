#include "base/clock.hpp"

namespace quotecached {

TimePoint SystemClock::now() const noexcept {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

TimePoint MovableClock::now() const noexcept {
  const milliseconds moved(ms_.load(std::memory_order_relaxed));
  if (is_standing_) return TimePoint(moved);
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()) + moved;
}

}  // namespace quotecached
