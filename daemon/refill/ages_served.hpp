// How old what clients were served was: a histogram of ages, one for each asset in each answer.
//
// Written on the engine's loop, readable by any thread.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>

#include "pacing/age.hpp"

namespace quotecached::refill {

// Upper bounds of the buckets, in seconds.
inline constexpr std::array<double, 14> kAgeBuckets = {
    1, 5, 15, 30, 60, 90, 120, 180, 300, 600, 1800, 3600, 14400, 86400};

// What clients were served in all, one for each asset in each answer.
struct Served {
  double asks = 0;
  pacing::Age age{0};  // the sum
};

struct AgesServed {
  std::array<std::atomic<double>, kAgeBuckets.size() + 1> asks{};  // the last: above any bound
  std::atomic<double> sum{0};                                      // of their ages, seconds

  void add(pacing::Age age, double count) noexcept {
    const auto bucket = std::ranges::lower_bound(kAgeBuckets, age.count());
    auto& asked = asks[static_cast<std::size_t>(bucket - kAgeBuckets.begin())];
    asked.store(asked.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
    sum.store(sum.load(std::memory_order_relaxed) + age.count() * count, std::memory_order_relaxed);
  }
};

}  // namespace quotecached::refill
