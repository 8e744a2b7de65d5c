// Wall-clock time as the daemon sees it.
//
// Ages survive restarts and move between machines, so entries carry wall time; timers and latencies
// use std::chrono::steady_clock directly. Pure code never sees a Clock: it takes a TimePoint.
#pragma once

#include <atomic>
#include <chrono>

namespace quotecached {

using std::chrono::milliseconds;
using TimePoint = std::chrono::sys_time<milliseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  // Thread-safe.
  [[nodiscard]] virtual TimePoint now() const noexcept = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const noexcept override;
};

// The system's clock, moved by an offset. Lets a test expire a TTL at once; the daemon offers it
// only when started with `test.clock = true`.
class MovableClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const noexcept override;
  void advance(milliseconds by) noexcept { offset_ms_ += by.count(); }

 private:
  std::atomic<milliseconds::rep> offset_ms_{0};
};

}  // namespace quotecached
