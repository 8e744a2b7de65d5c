#include "pacing/ask_count.hpp"

#include <cmath>
#include <numbers>

namespace quotecached::pacing {
namespace {

std::uint32_t seconds_of(TimePoint time) noexcept {
  return static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

float decay(float age, std::chrono::seconds half_life) noexcept {
  return std::exp2(-age / static_cast<float>(half_life.count()));
}

// A count that decays with this half-life holds what is asked for in so many seconds.
double span(std::chrono::seconds half_life) noexcept {
  return static_cast<double>(half_life.count()) / std::numbers::ln2;
}

}  // namespace

AskCount::AskCount(double asks, TimePoint last) noexcept
    : day_(static_cast<float>(asks)), at_(seconds_of(last)) {}

float AskCount::age(TimePoint now) const noexcept {
  const std::uint32_t second = seconds_of(now);
  return second > at_ ? static_cast<float>(second - at_) : 0.0F;
}

void AskCount::note(double asks, TimePoint now) noexcept {
  const float passed = age(now);
  day_ = day_ * decay(passed, kHalfLife) + static_cast<float>(asks);
  burst_ = burst_ * decay(passed, kBurstHalfLife) + static_cast<float>(asks);
  at_ = seconds_of(now);
}

double AskCount::left(TimePoint now) const noexcept {
  return static_cast<double>(day_ * decay(age(now), kHalfLife));
}

double AskCount::daily(TimePoint now) const noexcept { return left(now) / span(kHalfLife); }

double AskCount::lately(TimePoint now) const noexcept {
  return static_cast<double>(burst_ * decay(age(now), kBurstHalfLife)) / span(kBurstHalfLife);
}

TimePoint AskCount::last() const noexcept { return TimePoint(std::chrono::seconds(at_)); }

bool AskCount::is_idle(TimePoint now) const noexcept {
  return age(now) > static_cast<float>(kIdleAfter.count());
}

}  // namespace quotecached::pacing
