#include "health/clock_watch.hpp"

#include "health/thresholds.hpp"

namespace quotecached::health {

void ClockWatch::note(TimePoint wall, Steady steady) {
  if (last_) {
    const auto passed = std::chrono::round<milliseconds>(steady - last_->steady);
    const milliseconds by = (wall - last_->wall) - passed;
    if (std::chrono::abs(by) > kClockTolerance) {
      const auto before = jump(steady).value_or(Jump{.times = 0});
      jumped_ = Jumped{by, steady, before.times + 1, before.in_all + by};
    }
  }
  last_ = Seen{wall, steady};
}

std::optional<ClockWatch::Jump> ClockWatch::jump(Steady now) const {
  if (!jumped_ || now - jumped_->at > kJumpIsTold) return std::nullopt;
  return Jump{.by = jumped_->by,
              .ago = std::chrono::floor<milliseconds>(now - jumped_->at),
              .times = jumped_->times,
              .in_all = jumped_->in_all};
}

}  // namespace quotecached::health
