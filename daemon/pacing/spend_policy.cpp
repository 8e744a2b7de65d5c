#include "pacing/spend_policy.hpp"

namespace quotecached::pacing {

SpendPolicy policy_of(SpendMode mode,
                      Age price,
                      double stretch,
                      std::optional<TimePoint> until) noexcept {
  SpendPolicy policy;
  policy.mode = mode;
  policy.rules = rules_of(mode);
  if (policy.rules.saves) {
    policy.price = price;
    policy.stretch = stretch;
  }
  policy.until = until;
  return policy;
}

void PublishedPolicy::publish(const SpendPolicy& policy) noexcept {
  policy_ = policy;
  mode_.store(policy.mode, std::memory_order_relaxed);
}

}  // namespace quotecached::pacing
