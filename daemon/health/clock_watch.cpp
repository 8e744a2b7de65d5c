#include "health/clock_watch.hpp"

#include "health/thresholds.hpp"

namespace quotecached::health {

void ClockWatch::note(TimePoint wall, Steady steady) {
  if (last_) {
    const auto passed = std::chrono::round<milliseconds>(steady - last_->steady);
    const milliseconds by = (wall - last_->wall) - passed;
    if (std::chrono::abs(by) > kClockTolerance) jumped_ = Jumped{by, steady};
  }
  last_ = Seen{wall, steady};
}

std::optional<ClockWatch::Jump> ClockWatch::jump(Steady now) const {
  if (!jumped_ || now - jumped_->at > kJumpIsTold) return std::nullopt;
  return Jump{jumped_->by, std::chrono::floor<milliseconds>(now - jumped_->at)};
}

}  // namespace quotecached::health
