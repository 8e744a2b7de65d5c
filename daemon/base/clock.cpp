#include "base/clock.hpp"

namespace quotecached {

TimePoint SystemClock::now() const noexcept {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

TimePoint MovableClock::now() const noexcept {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()) +
         milliseconds(offset_ms_.load(std::memory_order_relaxed));
}

}  // namespace quotecached
