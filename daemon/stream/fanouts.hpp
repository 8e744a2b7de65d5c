// How long news takes to reach all who listen: from when it is made until the last listener of an
// I/O thread has been written to.
//
// News that comes while other news is being written counts as one with it, from when the first was
// made. Any thread.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace quotecached::stream {

// Upper bounds of the buckets, in seconds.
inline constexpr std::array<double, 11> kFanoutBuckets = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};

struct Fanouts {
  std::array<std::atomic<std::uint64_t>, kFanoutBuckets.size() + 1> counts{};  // the last: longer
  std::atomic<std::uint64_t> microseconds{0};                                  // the sum

  void add(std::chrono::steady_clock::duration took) noexcept {
    const auto seconds = std::chrono::duration<double>(took).count();
    const auto bucket = std::ranges::lower_bound(kFanoutBuckets, seconds) - kFanoutBuckets.begin();
    counts[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
    microseconds.fetch_add(static_cast<std::uint64_t>(whole), std::memory_order_relaxed);
  }
};

}  // namespace quotecached::stream
