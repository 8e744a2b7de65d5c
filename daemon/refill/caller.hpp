// Makes upstream calls: asks the breaker and the credit book first, tries again where that can
// help, books what was charged.
//
// Owned by Refill and used on the engine's loop only.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "alert/outage.hpp"
#include "base/breaker.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/mutex.hpp"
#include "base/waits.hpp"
#include "credit/book.hpp"
#include "provider/dialect.hpp"
#include "refill/call_policy.hpp"
#include "refill/counters.hpp"
#include "upstream/client.hpp"

namespace quotecached::refill {

namespace asio = boost::asio;

struct Call {
  upstream::Request request;
  credit::CallIntent intent;
  // Takes the data of an answer apart, to its last byte; false: it is not well-formed. Called where
  // the answer's head says that all went well. May be empty.
  std::function<bool(std::string_view body, TimePoint asked_at)> take;
  bool may_retry = true;  // somebody without a stale copy waits
  WaitsPtr waits;         // told what it waits for; may be null
};

struct CallResult {
  std::optional<upstream::Response> response;  // empty: no attempt was answered
  provider::Reading reading;                   // of the response
  FailurePtr failure;                          // null when the reading's verdict is Ok
  Credits charged;                             // by all attempts
  TimePoint asked_at{};                        // when the last attempt was started
};

struct UpstreamHealth {
  Breaker::State breaker = Breaker::State::Closed;
  std::string last_error;                        // empty while the last call went well
  std::chrono::milliseconds average_latency{0};  // of the last calls
  std::optional<alert::Outage> outage;           // until the provider is seen to be there
};

class Caller {
 public:
  struct Options {
    int retries = 2;
    std::chrono::milliseconds retry_delay{500};  // with up to 50 % jitter either way
    Breaker::Options breaker{.failures_to_open = 5,
                             .first_probe_after = std::chrono::milliseconds(1000),
                             .last_probe_after = std::chrono::milliseconds(30000)};
    std::size_t max_calls = 5;
  };

  struct Parts {  // all outlive the caller
    upstream::Client& client;
    credit::Book& book;
    const provider::Dialect& dialect;
    Counters& counters;
    const Clock& clock;
  };

  Caller(Parts parts, Options options, Log log);

  asio::awaitable<CallResult> call(Call call);

  // Calls that wait for their turn are refused soon, and nobody waits from here on.
  void stop_waiting();
  // Ends the calls in flight, whose callers get a failure soon; no further ones are made.
  void give_up();

  [[nodiscard]] const credit::PriceCheck& prices() const noexcept { return book_.prices(); }

  // How many calls may run at once now.
  [[nodiscard]] std::size_t allowed_calls();

  [[nodiscard]] UpstreamHealth health() const;  // thread-safe

 private:
  struct Admitted {
    Breaker::Attempt attempt;
    credit::Book::Ticket ticket;
  };
  using Admission = tl::expected<Admitted, FailurePtr>;

  asio::awaitable<Admission> admit(const Call* call, int attempt);
  [[nodiscard]] FailurePtr refuse(const Error& error);
  [[nodiscard]] FailurePtr refuse(const credit::Book::NotAdmitted& refusal);
  [[nodiscard]] static Credits settle(credit::Book::Ticket& ticket,
                                      const upstream::Fetched& answer,
                                      const provider::Reading& reading,
                                      std::chrono::milliseconds took);
  [[nodiscard]] provider::Reading interpret(const Call& call,
                                            upstream::Response& answer,
                                            TimePoint asked_at) const;
  [[nodiscard]] FailurePtr failure_by_book() const;
  [[nodiscard]] FailurePtr failure_after(unsigned http_status,
                                         const provider::Reading& reading) const;
  [[nodiscard]] bool take_answer(const Call& call,
                                 Breaker::Attempt& attempt,
                                 upstream::Response& response,
                                 CallResult& result);
  [[nodiscard]] bool take_error(const Call& call,
                                Breaker::Attempt& attempt,
                                const Error& error,
                                CallResult& result);
  void note_health(std::string error);
  void note_reach(const upstream::Fetched& answer,
                  const provider::Reading& reading,
                  std::chrono::milliseconds took);

  upstream::Client& client_;
  credit::Book& book_;
  const provider::Dialect& dialect_;
  Counters& counters_;
  Options options_;
  const Clock& clock_;
  Log log_;
  Breaker breaker_;
  CallLimit limit_;
  bool has_given_up_ = false;
  mutable Mutex health_mutex_;
  UpstreamHealth health_ GUARDED_BY(health_mutex_);
};

}  // namespace quotecached::refill
