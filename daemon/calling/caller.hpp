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
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "alert/outage.hpp"
#include "base/breaker.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/mutex.hpp"
#include "base/waits.hpp"
#include "calling/breakers.hpp"
#include "calling/call_policy.hpp"
#include "calling/counters.hpp"
#include "credit/book.hpp"
#include "credit/joint_hold.hpp"
#include "health/recent_calls.hpp"
#include "provider/dialect.hpp"
#include "upstream/client.hpp"

namespace quotecached::calling {

namespace asio = boost::asio;

struct Call {
  upstream::Request request;
  credit::CallIntent intent;
  // Takes the data of an answer apart, to its last byte; false: it is not well-formed. Called where
  // the answer's head says that all went well. May be empty.
  std::function<bool(std::string_view body, TimePoint asked_at)> take;
  bool may_retry = true;              // somebody without a stale copy waits
  std::vector<credit::Payer> payers;  // the clients that bear it
  std::string lane;  // what fails or works together; empty: nothing but upstream as a whole
  WaitsPtr waits;    // told what it waits for; may be null
};

struct CallResult {
  std::optional<upstream::Response> response;  // empty: no attempt was answered
  provider::Reading reading;                   // of the response
  FailurePtr failure;                          // null when the reading's verdict is Ok
  Credits charged;                             // by all attempts
  std::vector<Credits> parts;                  // of that, by payer; empty: there was no attempt
  Evidence attempt = Evidence::Nothing;        // what the last attempt says of upstream
  bool is_by_clients = false;  // not admitted by the budgets of its payers, which says nothing of
                               // the lane
  TimePoint asked_at{};        // when the last attempt was started
};

struct UpstreamHealth {
  Breaker::State breaker = Breaker::State::Closed;
  std::string last_error;                        // empty while the last call went well
  std::chrono::milliseconds average_latency{0};  // of the last calls
  std::optional<alert::Outage> outage;           // until the provider is seen to be there
  health::RecentCalls::Summary recent;
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
    credit::ClientBook* clients = nullptr;  // null: no client has a budget
  };

  Caller(Parts parts, Options options, Log log);

  asio::awaitable<CallResult> call(Call call);

  // Called when a lane keeps failing or the key seems to be refused: upstream as a whole, or the
  // key, is to be tried by a call of our own.
  void on_doubt(std::function<void()> observer) { on_doubt_ = std::move(observer); }
  // That call got no good answer.
  void confirm_outage();

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
    Breakers::Attempt attempt;
    credit::Book::Ticket ticket;
    credit::JointHold clients;
  };
  struct NotAdmitted {
    FailurePtr failure;
    bool is_by_clients = false;
  };
  using Admission = tl::expected<Admitted, NotAdmitted>;

  asio::awaitable<Admission> admit(const Call* call, int attempt);
  [[nodiscard]] NotAdmitted refuse(const Error& error);
  [[nodiscard]] NotAdmitted refuse(const credit::Book::NotAdmitted& refusal);
  [[nodiscard]] NotAdmitted refuse_clients(const credit::Book::NotAdmitted& refusal);
  void settle(Admitted& admitted,
              const upstream::Fetched& answer,
              std::chrono::milliseconds took,
              CallResult& result) const;
  void doubt(const credit::Book::Ticket& ticket, ledger::Charge& charge) const;
  [[nodiscard]] provider::Reading interpret(const Call& call,
                                            upstream::Response& answer,
                                            TimePoint asked_at) const;
  [[nodiscard]] FailurePtr failure_by_book(std::chrono::seconds least) const;
  [[nodiscard]] FailurePtr failure_after(unsigned http_status,
                                         const provider::Reading& reading) const;
  [[nodiscard]] bool take_answer(const Call& call,
                                 Breakers::Attempt& attempt,
                                 upstream::Response& response,
                                 CallResult& result);
  [[nodiscard]] bool take_error(const Call& call,
                                Breakers::Attempt& attempt,
                                const upstream::TransportError& error,
                                CallResult& result);
  void report(Breakers::Attempt& attempt, Evidence evidence, std::string_view what);
  void note_health(std::string error);
  // `took`: of an answer.
  void note_reach(Evidence evidence, std::optional<std::chrono::milliseconds> took);
  void note_outage(Evidence evidence) REQUIRES(health_mutex_);

  upstream::Client& client_;
  credit::Book& book_;
  credit::ClientBook* clients_;
  const provider::Dialect& dialect_;
  Counters& counters_;
  Options options_;
  const Clock& clock_;
  Log log_;
  Breakers breakers_;
  std::function<void()> on_doubt_;
  CallLimit limit_;
  bool has_given_up_ = false;
  mutable Mutex health_mutex_;
  UpstreamHealth health_ GUARDED_BY(health_mutex_);  // but `recent`
  health::RecentCalls recent_ GUARDED_BY(health_mutex_);
};

}  // namespace quotecached::calling
