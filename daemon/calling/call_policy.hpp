// What to do after an upstream attempt: done, try again, or give up - and what a client is told.
//
// Pure. Only transport failures and failures of the provider's own are worth another attempt.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "calling/breakers.hpp"
#include "calling/failure.hpp"
#include "credit/book.hpp"
#include "ledger/closure.hpp"
#include "provider/dialect.hpp"
#include "provider/reading.hpp"
#include "upstream/client.hpp"

namespace quotecached::calling {

// How long a lane rests after the provider complained about our address, or while it is found out
// whether the key is refused.
inline constexpr std::chrono::seconds kShortPause{5};

// Can asking again help, soon? For an attempt that was answered, and for one that was not.
[[nodiscard]] bool is_worth_retrying(unsigned http_status, provider::Verdict verdict) noexcept;
[[nodiscard]] bool is_worth_retrying(const Error& error) noexcept;

// What an attempt says of upstream, for the breakers. What clients have forwarded fails only by a
// 5xx, and a page to it says nothing.
[[nodiscard]] Evidence evidence_of(unsigned http_status,
                                   provider::Verdict verdict,
                                   bool is_forwarded) noexcept;
[[nodiscard]] Evidence evidence_of(const upstream::TransportError& error) noexcept;

// The HTTP status of a refusal; of one that came with a success, the status that its code goes
// with.
[[nodiscard]] unsigned status_of_refusal(unsigned http_status,
                                         const provider::Reading& reading) noexcept;

// What clients without a copy are told.
[[nodiscard]] FailurePtr failure_of(unsigned http_status, const provider::Reading& reading);
[[nodiscard]] FailurePtr failure_of(const Error& error);
// ... while calls are not admitted because the provider closed a window or refused the key (with
// `error_code`), for `wait`.
[[nodiscard]] FailurePtr failure_while_closed(const provider::Dialect& dialect,
                                              ledger::Closure closure,
                                              std::int64_t error_code,
                                              std::chrono::seconds wait);
// ... because the book does not admit them.
[[nodiscard]] FailurePtr failure_by_refusal(const provider::Dialect& dialect,
                                            const credit::Book::NotAdmitted& refusal,
                                            TimePoint now);
// ... because an answer came that is none.
[[nodiscard]] FailurePtr malformed_failure();
// ... because as much waits for calls as may.
[[nodiscard]] FailurePtr failure_when_full();
// ... because calls for names that nobody knows are limited, and others have their turn before. It
// is the daemon that says so, of this asset alone.
[[nodiscard]] FailurePtr failure_out_of_turn(std::chrono::nanoseconds wait);

// How many calls may run at once: halved when the provider complains about our address, then one
// more for each quiet minute.
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

}  // namespace quotecached::calling
