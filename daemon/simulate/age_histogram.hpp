// Ages of what was served, summed up in fixed memory: the mean is exact, quantiles are to 1 %.
//
// Pure.
#pragma once

#include <array>
#include <cstdint>

#include "base/clock.hpp"
#include "base/log_linear.hpp"

namespace quotecached::simulate {

class AgeHistogram {
 public:
  // An age below 0 counts as 0.
  void add(milliseconds age) noexcept;

  [[nodiscard]] std::int64_t count() const noexcept { return count_; }
  // Seconds; 0 of none.
  [[nodiscard]] double mean() const noexcept;
  // The age in seconds that `share` of all do not exceed, rounded up to the end of its bucket.
  [[nodiscard]] double quantile(double share) const noexcept;
  // The share of all that is older; exact for the ages that count as old: 5 minutes.
  [[nodiscard]] double old_share() const noexcept;

  static constexpr milliseconds kOld = std::chrono::minutes(5);

 private:
  // Buckets of a millisecond up to 128 ms, then 128 to each doubling.
  using Buckets = LogLinear<128, 40>;

  std::array<std::int64_t, Buckets::kBuckets> buckets_{};
  std::int64_t count_ = 0;
  std::int64_t old_ = 0;
  std::int64_t sum_ = 0;  // milliseconds
};

}  // namespace quotecached::simulate
