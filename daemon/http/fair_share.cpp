#include "http/fair_share.hpp"

#include <algorithm>

namespace quotecached::http {
namespace {

constexpr std::chrono::milliseconds kJudged{100};  // requests of so long are judged together
constexpr std::chrono::seconds kForgotten{2};      // without any, all is as in the beginning
constexpr std::size_t kLeastBound = 16;

}  // namespace

Refuser may_wait(const WaitingNow& now) noexcept {
  if (now.client_most > 0 && now.of_client >= now.client_most) return Refuser::TokenConcurrent;
  const bool is_full = now.all >= now.bound || now.of_client >= now.bound - now.all;
  return is_full ? Refuser::Overload : Refuser::Nobody;
}

void EngineBound::note(Time::duration delay, std::size_t waiting, Time now) {
  if (late_.count() == 0) return;
  if (now >= judge_at_) {
    if (now - judge_at_ > kForgotten) {
      bound_ = most_;
    } else {
      judge(waiting);
    }
    judge_at_ = now + kJudged;
    least_ = Time::duration::max();
  }
  least_ = std::min(least_, delay);
}

void EngineBound::judge(std::size_t waiting) {
  const auto least = std::min(kLeastBound, most_);
  if (least_ > late_) {
    bound_ = std::max(least, std::min(bound_, waiting) / 4 * 3);
  } else {
    bound_ = std::min(most_, bound_ + bound_ / 4 + 1);
  }
}

}  // namespace quotecached::http
