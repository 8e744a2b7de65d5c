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

// The system's clock, moved by an offset; or one that stands still between two moves, so that what
// is tried with it goes the same way each time. Lets a test expire a TTL at once; the daemon offers
// it only when started with `test.clock = true`.
class MovableClock final : public Clock {
 public:
  // The system's clock.
  MovableClock() = default;
  // Stands at `at` until it is moved.
  explicit MovableClock(TimePoint at) : is_standing_(true), ms_(at.time_since_epoch().count()) {}

  [[nodiscard]] TimePoint now() const noexcept override;
  void advance(milliseconds by) noexcept { ms_ += by.count(); }
  [[nodiscard]] bool is_standing() const noexcept { return is_standing_; }

 private:
  const bool is_standing_ = false;
  // Where it stands, since the epoch; or what is added to the system's clock.
  std::atomic<milliseconds::rep> ms_{0};
};

}  // namespace quotecached
