#include "simulate/age_histogram.hpp"

#include <algorithm>
#include <cmath>

namespace quotecached::simulate {

void AgeHistogram::add(milliseconds age) noexcept {
  const auto ms = std::max<std::int64_t>(0, age.count());
  ++buckets_[Buckets::bucket_of(static_cast<std::uint64_t>(ms))];
  ++count_;
  sum_ += ms;
  if (age > kOld) ++old_;
}

double AgeHistogram::mean() const noexcept {
  return count_ == 0 ? 0 : static_cast<double>(sum_) / 1000 / static_cast<double>(count_);
}

double AgeHistogram::quantile(double share) const noexcept {
  const auto rank = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count_)));
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size() && count_ > 0; ++i) {
    seen += buckets_[i];
    if (seen >= std::max<std::int64_t>(1, rank))
      return static_cast<double>(Buckets::end_of(i)) / 1000;
  }
  return 0;
}

double AgeHistogram::old_share() const noexcept {
  return count_ == 0 ? 0 : static_cast<double>(old_) / static_cast<double>(count_);
}

}  // namespace quotecached::simulate
