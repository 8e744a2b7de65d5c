#include "base/breaker.hpp"

#include <algorithm>
#include <cassert>

namespace quotecached {

std::optional<Breaker::Attempt> Breaker::allow(Time now) {
  if (state_ == State::Closed) return Attempt(*this, 0);
  if (state_ == State::Probing || now < probe_at_) return std::nullopt;
  state_ = State::Probing;
  return Attempt(*this, ++probe_);
}

Breaker::Attempt Breaker::insist() { return {*this, 0}; }

bool Breaker::open(Time now) {
  if (state_ != State::Closed) return false;
  failures_ = std::max(failures_, options_.failures_to_open);
  return note_failure(now);
}

bool Breaker::reset() {
  failures_ = 0;
  wait_ = std::chrono::milliseconds(0);
  const bool turned = state_ != State::Closed;
  state_ = State::Closed;
  return turned;
}

bool Breaker::note_failure(Time now) {
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

// Of a probe that is not the latest the turn is over already.
void Breaker::give_back(std::uint64_t probe) {
  if (state_ == State::Probing && probe == probe_) state_ = State::Open;
}

Breaker& Breaker::Attempt::end() {
  assert(breaker_ != nullptr);
  return *std::exchange(breaker_, nullptr);
}

bool Breaker::Attempt::succeeded() { return end().reset(); }

bool Breaker::Attempt::failed(Time now) { return end().note_failure(now); }

void Breaker::Attempt::abandoned() noexcept {
  if (breaker_ != nullptr) end().give_back(probe_);
}

}  // namespace quotecached
