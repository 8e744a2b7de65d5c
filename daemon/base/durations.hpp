// How long things took: a histogram of durations, for metrics.
//
// Written by one thread, readable by any.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace quotecached {

// Upper bounds of the buckets, in seconds: from a lookup on this machine to a call's time-out.
inline constexpr std::array<double, 17> kDurationBounds = {0.0001,
                                                           0.00025,
                                                           0.0005,
                                                           0.001,
                                                           0.0025,
                                                           0.005,
                                                           0.01,
                                                           0.025,
                                                           0.05,
                                                           0.1,
                                                           0.25,
                                                           0.5,
                                                           1,
                                                           2.5,
                                                           5,
                                                           10,
                                                           30};

class Durations {
 public:
  // The owning thread only.
  void note(std::chrono::nanoseconds took) noexcept {
    const auto seconds = std::max(0.0, std::chrono::duration<double>(took).count());
    const auto bucket = std::ranges::lower_bound(kDurationBounds, seconds);
    auto& count = counts_[static_cast<std::size_t>(bucket - kDurationBounds.begin())];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    sum_.store(sum_.load(std::memory_order_relaxed) + seconds, std::memory_order_relaxed);
  }

  // By bucket, the last one for what is above all bounds.
  [[nodiscard]] std::vector<std::uint64_t> counts() const {
    std::vector<std::uint64_t> counts;
    for (const auto& count : counts_) counts.push_back(count.load(std::memory_order_relaxed));
    return counts;
  }
  [[nodiscard]] double sum() const noexcept {  // seconds
    return sum_.load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<std::uint64_t>, kDurationBounds.size() + 1> counts_{};
  std::atomic<double> sum_{0};
};

}  // namespace quotecached
