// The spend policy: what may be paid for now, and how far freshness is stretched. Decided in one
// place (the governor), published here once, and read by everyone who spends: the book, refill, the
// proxy.
//
// Mode, rules and stretch change together, so that no reader sees the one without the other.
#pragma once

#include <atomic>
#include <optional>

#include "base/clock.hpp"
#include "pacing/spend_mode.hpp"

namespace quotecached::pacing {

struct SpendPolicy {
  SpendMode mode = SpendMode::Normal;
  SpendRules rules;                // of the mode
  double stretch = 1;              // of the fresh time of what is fetched from now on; at least 1
  std::optional<TimePoint> until;  // when the mode ends, if that is known

  friend bool operator==(const SpendPolicy&, const SpendPolicy&) = default;
};

// `stretch` is obeyed in modes that stretch freshness; in the others it is 1.
[[nodiscard]] SpendPolicy policy_of(SpendMode mode,
                                    double stretch = 1,
                                    std::optional<TimePoint> until = {}) noexcept;

// Owned by the app; published and read on the engine's loop, but for mode().
class PublishedPolicy {
 public:
  void publish(const SpendPolicy& policy) noexcept;

  [[nodiscard]] const SpendPolicy& get() const noexcept { return policy_; }

  // Any thread.
  [[nodiscard]] SpendMode mode() const noexcept { return mode_.load(std::memory_order_relaxed); }

 private:
  SpendPolicy policy_;
  std::atomic<SpendMode> mode_{SpendMode::Normal};
};

}  // namespace quotecached::pacing
