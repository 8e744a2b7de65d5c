#include "http/fair_share.hpp"

#include <algorithm>

namespace quotecached::http {
namespace {

constexpr std::chrono::milliseconds kJudged{100};  // requests of so long are judged together
constexpr std::chrono::seconds kStanding{1};       // handed over within that, and all were late
constexpr std::chrono::milliseconds kApart{500};   // two bursts, not one
constexpr std::size_t kLeastBound = 16;

}  // namespace

Refuser may_wait(const WaitingNow& now) noexcept {
  if (now.client_most > 0 && now.of_client >= now.client_most) return Refuser::TokenConcurrent;
  const bool is_full = now.all >= now.bound || now.of_client >= now.bound - now.all;
  return is_full ? Refuser::Overload : Refuser::Nobody;
}

void EngineBound::note(Time::duration delay, std::size_t waiting, Time now) {
  if (late_.count() == 0) return;
  if (now - noted_at_ > kForgotten) {
    bound_ = most_;
    late_from_.reset();
    least_ = delay;
  }
  noted_at_ = now;
  if (now >= judge_at_) {
    judge(waiting);
    judge_at_ = now + kJudged;
    least_ = Time::duration::max();
  }
  note_delay(delay, now);
}

void EngineBound::let_more_wait() { bound_ = std::min(most_, bound_ + bound_ / 4 + 1); }

void EngineBound::note_delay(Time::duration delay, Time now) {
  least_ = std::min(least_, delay);
  if (delay <= late_) return late_from_.reset();
  const auto handed_over = now - delay;
  if (!late_from_ || handed_over - late_until_ > kApart) late_from_ = handed_over;
  late_until_ = handed_over;
}

// What waits is not why the engine is late when hardly anything does.
void EngineBound::judge(std::size_t waiting) {
  if (least_ <= late_) return let_more_wait();
  const auto least = std::min(kLeastBound, most_);
  const bool is_standing = late_from_ && late_until_ - *late_from_ >= kStanding;
  if ((is_standing || bound_ < most_) && waiting > least)
    bound_ = std::max(least, std::min(bound_, waiting) / 4 * 3);
}

}  // namespace quotecached::http
