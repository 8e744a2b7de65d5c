// How long answers took, summed up in fixed memory: mean and maximum are exact, quantiles are to
// 1 % and never below what was.
//
// Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "base/log_linear.hpp"

namespace quotecached::load {

using std::chrono::nanoseconds;

class LatencyHistogram {
 public:
  // A time below 0 counts as 0.
  void add(nanoseconds took) noexcept;
  void add(const LatencyHistogram& other) noexcept;

  [[nodiscard]] std::int64_t count() const noexcept { return count_; }
  // Microseconds, as all below; 0 of none.
  [[nodiscard]] double mean() const noexcept;
  [[nodiscard]] double max() const noexcept { return static_cast<double>(max_) / 1000; }
  // The time that `share` of all do not exceed.
  [[nodiscard]] double quantile(double share) const noexcept;

 private:
  using Buckets = LogLinear<128, 40>;  // to 39 hours

  std::array<std::int64_t, Buckets::kBuckets> buckets_{};
  std::int64_t count_ = 0;
  std::int64_t sum_ = 0;  // nanoseconds, as the next
  std::int64_t max_ = 0;
};

}  // namespace quotecached::load
