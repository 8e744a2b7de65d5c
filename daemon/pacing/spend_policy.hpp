// The spend policy: what may be paid for now, and at what price. Decided in one
// place (the governor), published here once, and read by everyone who spends: the book, refill, the
// proxy.
//
// Mode, rules and price change together, so that no reader sees the one without the other.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "pacing/age.hpp"
#include "pacing/spend_mode.hpp"

namespace quotecached::pacing {

struct SpendPolicy {
  SpendMode mode = SpendMode::Normal;
  SpendRules rules;  // of the mode
  Age price{0};      // that a credit must save to be spent on what has a copy; 0: credits are ample
  // Of the fresh time of what is fetched from now on, at least 1: in that time it is not worth the
  // price to renew it.
  double stretch = 1;
  std::optional<TimePoint> until;  // when the mode ends, if that is known

  friend bool operator==(const SpendPolicy&, const SpendPolicy&) = default;
};

// `price` and `stretch` are obeyed in modes that save; in the others they are 0 and 1.
[[nodiscard]] SpendPolicy policy_of(SpendMode mode,
                                    Age price = Age(0),
                                    double stretch = 1,
                                    std::optional<TimePoint> until = {}) noexcept;

// Owned by the app; published and read on the engine's loop, but for mode() and budget_left().
class PublishedPolicy {
 public:
  void publish(const SpendPolicy& policy) noexcept;

  [[nodiscard]] const SpendPolicy& get() const noexcept { return policy_; }

  // Any thread.
  [[nodiscard]] SpendMode mode() const noexcept { return mode_.load(std::memory_order_relaxed); }

  // Credits that the tightest cap of day and month leaves; negative: there is none. For answers to
  // clients: what may be spent is the book's word. budget_left() on any thread.
  void publish_left(std::int64_t credits) noexcept {
    left_.store(credits, std::memory_order_relaxed);
  }
  [[nodiscard]] std::int64_t budget_left() const noexcept {
    return left_.load(std::memory_order_relaxed);
  }

 private:
  SpendPolicy policy_;
  std::atomic<SpendMode> mode_{SpendMode::Normal};
  std::atomic<std::int64_t> left_{-1};
};

}  // namespace quotecached::pacing
