// What to do after an upstream attempt: done, try again, or give up - and what a client is told.
//
// Pure. The error classes are those of the provider's documentation (errors and rate limits): 1008,
// 1009 and 1010 close a window, 1011 asks for fewer calls at once, 1001-1007 need a person; only
// transport failures and 5xx are worth another attempt.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "credit/book.hpp"
#include "refill/pending.hpp"
#include "upstream/client.hpp"

namespace quotecached::refill {

// How long a lane rests after the provider complained about our address (1011).
inline constexpr std::chrono::seconds kAddressPause{5};

// Can asking again help, soon? For an attempt that was answered, and for one that was not.
[[nodiscard]] bool is_worth_retrying(upstream::Verdict verdict) noexcept;
[[nodiscard]] bool is_worth_retrying(const Error& error) noexcept;

// Does this answer say that the upstream is ill (so that the breaker counts it)?
[[nodiscard]] bool is_upstream_ill(upstream::Verdict verdict) noexcept;

// The answer's error code; where it has none that closes anything and its HTTP status does, the
// code which that stands for: 401 and 402 refuse the key, 429 closes the minute.
[[nodiscard]] std::int64_t closing_code(const upstream::Response& response) noexcept;

// What clients without a copy are told.
[[nodiscard]] FailurePtr failure_of(const upstream::Response& response);
[[nodiscard]] FailurePtr failure_of(const Error& error);
// ... while calls are not admitted because the provider closed a window or refused the key with
// `error_code`, for `wait`.
[[nodiscard]] FailurePtr failure_while_closed(std::int64_t error_code, std::chrono::seconds wait);
// ... because the book does not admit them.
[[nodiscard]] FailurePtr failure_by_refusal(const credit::Book::Refusal& refusal, TimePoint now);
// ... because as much waits for calls as may.
[[nodiscard]] FailurePtr failure_when_full();

// How many calls may run at once: halved when the provider complains about our address (1011),
// then one more for each quiet minute.
class CallLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit CallLimit(std::size_t most) : most_(most), now_allowed_(most) {}

  void complained(Time now);
  [[nodiscard]] std::size_t allowed(Time now);

 private:
  std::size_t most_;
  std::size_t now_allowed_;
  Time raise_at_{};
};

}  // namespace quotecached::refill
