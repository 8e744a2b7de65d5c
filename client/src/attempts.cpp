#include "src/attempts.hpp"

#include <algorithm>
#include <utility>

namespace quotecache {
namespace {

using Kind = Attempts::Step::Kind;

// May another daemon, or the same one later, do better?
bool may_pass(const Error& error) {
  switch (error.code) {
    case ErrorCode::Unavailable:
    case ErrorCode::Timeout:
    case ErrorCode::RateLimited: return true;
    case ErrorCode::Protocol: return error.http_status == 0;  // cut off, or no HTTP
    default: return false;
  }
}

}  // namespace

Attempts::Attempts(const ClientOptions& options,
                   Daemons& daemons,
                   RetryBudget& budget,
                   SteadyTime deadline)
    : options_(options),
      daemons_(daemons),
      budget_(budget),
      deadline_(deadline),
      tried_(daemons.count(), false) {
  budget_.note_call();
}

Attempts::Step Attempts::next(SteadyTime now, double chance) {
  const auto left = std::chrono::floor<milliseconds>(deadline_ - now);
  if (is_final_ || left.count() <= 0) return {};
  if (must_wait_) return pause(now, chance);
  const auto daemon = daemons_.choose(tried_, now);
  if (!daemon) return pause(now, chance);
  tried_[*daemon] = true;
  daemon_ = *daemon;
  const bool is_last = std::all_of(tried_.begin(), tried_.end(), [](bool is) { return is; });
  return {Kind::Try, *daemon, is_last ? left : std::min(left, options_.attempt_timeout)};
}

Attempts::Step Attempts::pause(SteadyTime now, double chance) {
  milliseconds length = backoff(options_.shortest_pause, options_.longest_pause, rounds_, chance);
  if (come_back_) length = std::max(length, milliseconds(*come_back_));
  if (rounds_ >= options_.retries || now + length >= deadline_ || !budget_.take()) return {};
  ++rounds_;
  must_wait_ = false;
  come_back_.reset();
  tried_.assign(tried_.size(), false);
  return {Kind::Pause, 0, length};
}

void Attempts::worked() { daemons_.worked(daemon_); }

void Attempts::failed(Error error, SteadyTime now, double chance) {
  is_final_ = !may_pass(error);
  must_wait_ = error.code == ErrorCode::RateLimited;
  const bool answered = is_final_ || must_wait_;
  if (answered) daemons_.worked(daemon_);
  if (!answered) daemons_.failed(daemon_, now, chance);
  if (error.retry_after && (!come_back_ || must_wait_ || *error.retry_after < *come_back_))
    come_back_ = error.retry_after;
  error_ = std::move(error);
}

void Attempts::abandon(Error error) {
  is_final_ = true;
  error_ = std::move(error);
}

Error Attempts::take_error() {
  if (error_) return *std::move(error_);
  return {ErrorCode::Timeout, "the time for the call was over before a daemon could be asked"};
}

}  // namespace quotecache
