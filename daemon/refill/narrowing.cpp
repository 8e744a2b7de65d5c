#include "refill/narrowing.hpp"

#include <algorithm>

namespace quotecached::refill {

Narrowing::Ask Narrowing::after_refusal(std::size_t assets, std::size_t converts) {
  was_refused_ = true;
  if (has_failed_) return Ask::GiveUp;
  if (converts > 1) return Ask::ByConvert;
  if (!has_good_) {
    const bool may_tell = alone_ < kMostAlone && tries_++ < kMostTries;
    return may_tell ? Ask::OneAlone : Ask::Nothing;
  }
  if (assets < 2 || halvings_ == 0) return Ask::Nothing;
  --halvings_;
  return Ask::Halves;
}

void SplitLanes::add(const std::string& lane, Time now) {
  if (until_.size() >= most_ && !until_.contains(lane)) {
    until_.erase(std::min_element(until_.begin(), until_.end(), [](const auto& a, const auto& b) {
      return a.second < b.second;
    }));
  }
  until_.insert_or_assign(lane, now + kKept);
}

bool SplitLanes::contains(const std::string& lane, Time now) const {
  const auto found = until_.find(lane);
  return found != until_.end() && now < found->second;
}

}  // namespace quotecached::refill
