#include "base/breaker.hpp"

#include <algorithm>

namespace quotecached {

bool Breaker::allow(Time now) {
  if (state_ == State::Closed) return true;
  if (state_ == State::Probing || now < probe_at_) return false;
  state_ = State::Probing;
  return true;
}

bool Breaker::succeeded() {
  failures_ = 0;
  wait_ = std::chrono::milliseconds(0);
  const bool turned = state_ != State::Closed;
  state_ = State::Closed;
  return turned;
}

bool Breaker::failed(Time now) {
  ++failures_;
  const bool was_closed = state_ == State::Closed;
  if (was_closed && failures_ < options_.failures_to_open) return false;
  // A late failure of a call made before the breaker opened must not push the next probe away.
  if (state_ == State::Open) return false;
  wait_ = was_closed ? options_.first_probe_after : std::min(wait_ * 2, options_.last_probe_after);
  probe_at_ = now + wait_;
  state_ = State::Open;
  return was_closed;
}

void Breaker::abandoned() {
  if (state_ == State::Probing) state_ = State::Open;
}

}  // namespace quotecached
