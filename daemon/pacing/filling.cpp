#include "pacing/filling.hpp"

#include <algorithm>
#include <cmath>

namespace quotecached::pacing {
namespace {

// The last third of the time tells how it goes on: more would tell how it was at first.
constexpr double kParts = 3;

}  // namespace

void Filling::note(double credits, double hours) noexcept {
  if (hours <= 0) return;
  hours_ += hours;
  rate_ += (credits / hours - rate_) * std::min(1.0, kParts * hours / hours_);
}

double Filling::expected(double from, double to) const noexcept {
  if (hours_ <= 0 || to <= from) return 0;
  return rate_ * hours_ * std::log((hours_ + to) / (hours_ + from));
}

}  // namespace quotecached::pacing
