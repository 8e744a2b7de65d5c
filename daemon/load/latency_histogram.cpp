#include "load/latency_histogram.hpp"

#include <algorithm>
#include <cmath>

namespace quotecached::load {

void LatencyHistogram::add(nanoseconds took) noexcept {
  const auto ns = std::max<std::int64_t>(0, took.count());
  ++buckets_[Buckets::bucket_of(static_cast<std::uint64_t>(ns))];
  ++count_;
  sum_ += ns;
  max_ = std::max(max_, ns);
}

void LatencyHistogram::add(const LatencyHistogram& other) noexcept {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
}

double LatencyHistogram::mean() const noexcept {
  return count_ == 0 ? 0 : static_cast<double>(sum_) / 1000 / static_cast<double>(count_);
}

double LatencyHistogram::quantile(double share) const noexcept {
  if (count_ == 0) return 0;
  const auto exact = std::ceil(share * static_cast<double>(count_));
  const auto rank = std::clamp<std::int64_t>(static_cast<std::int64_t>(exact), 1, count_);
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen < rank) continue;
    const auto end = static_cast<double>(Buckets::end_of(i)) / 1000;
    return std::min(end, max());
  }
  return max();
}

}  // namespace quotecached::load
