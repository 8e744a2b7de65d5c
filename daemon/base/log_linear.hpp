// Where a number is counted: one bucket for each up to kPerDoubling, then kPerDoubling to each
// doubling, so that a number is known to one part in kPerDoubling in fixed memory.
//
// Pure. Whoever counts keeps the buckets.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace quotecached {

// Requires: kPerDoubling is a power of two.
template <std::size_t kPerDoubling, std::size_t kDoublings>
struct LogLinear {
  static_assert(std::has_single_bit(kPerDoubling));
  static constexpr std::size_t kBuckets = kPerDoubling * (kDoublings + 1);

  // What is too large is counted in the last.
  [[nodiscard]] static constexpr std::size_t bucket_of(std::uint64_t number) noexcept {
    if (number < kPerDoubling) return static_cast<std::size_t>(number);
    const auto doubling = static_cast<std::size_t>(std::bit_width(number / kPerDoubling)) - 1;
    const auto within = static_cast<std::size_t>((number >> doubling) - kPerDoubling);
    return std::min((doubling + 1) * kPerDoubling + within, kBuckets - 1);
  }

  // The last number of a bucket.
  [[nodiscard]] static constexpr std::uint64_t end_of(std::size_t bucket) noexcept {
    if (bucket < kPerDoubling) return bucket;
    const auto doubling = bucket / kPerDoubling - 1;
    const std::uint64_t within = bucket % kPerDoubling + kPerDoubling + 1;
    return (within << doubling) - 1;
  }
};

}  // namespace quotecached
