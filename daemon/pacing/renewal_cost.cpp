#include "pacing/renewal_cost.hpp"

#include <algorithm>
#include <cmath>

namespace quotecached::pacing {

double seconds_to_owe(double rate, Age price, double assets) noexcept {
  // The root of r t^2 / 2 + a t = price: the call is made for a request, which has seen t too.
  return (std::sqrt(assets * assets + 2 * rate * price.count()) - assets) / rate;
}

double seconds_between_calls(double rate, double fresh, Age price) noexcept {
  return std::max(fresh, seconds_to_owe(rate, price)) + 1 / rate;
}

double credits_of_hour(std::span<const LaneDemand> lanes, double asks, Age price) noexcept {
  double credits = 0;
  for (const auto& lane : lanes) {
    const double rate = lane.share * asks / 3600;
    if (rate <= 0) continue;
    credits += 3600 * lane.credits / seconds_between_calls(rate, lane.fresh, price * lane.credits);
  }
  return credits;
}

}  // namespace quotecached::pacing
