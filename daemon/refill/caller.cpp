#include "refill/caller.hpp"

#include <random>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace quotecached::refill {
namespace {

using Steady = std::chrono::steady_clock;

std::chrono::milliseconds with_jitter(std::chrono::milliseconds delay) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(
      delay.count() / 2, delay.count() * 3 / 2)(random));
}

asio::awaitable<void> pause(std::chrono::milliseconds delay) {
  asio::steady_timer timer(co_await asio::this_coro::executor, delay);
  co_await timer.async_wait(asio::use_awaitable);
}

// A gateway in front of the provider says so when the provider took the request and no answer came:
// it may have been billed. (By 502 and 503 it says mostly that the provider is not there.)
bool is_lost_by_gateway(const upstream::Response& answer) noexcept {
  if (answer.has_status) return false;
  const auto status = answer.http_status;
  return status == 504 || status == 520 || status == 524;
}

// An answer that got lost, or that does not tell its price, may have been billed: then the worst is
// booked.
credit::CallOutcome outcome_of(const upstream::Fetched& answer, Credits worst_case) {
  credit::CallOutcome outcome;
  if (!answer) {
    if (answer.error().was_sent) outcome.charged = worst_case;
    return outcome;
  }
  // The provider's own errors are not billed.
  const bool is_success = answer->http_status >= 200 && answer->http_status < 300;
  const bool may_be_billed = is_success || is_lost_by_gateway(*answer);
  outcome.http_status = answer->http_status;
  outcome.error_code = answer->error_code;
  outcome.is_told = answer->has_credit_count;
  outcome.charged = may_be_billed && !answer->has_credit_count ? worst_case : answer->credit_count;
  return outcome;
}

// What a call says of upstream's health; empty when nothing. Clients' mistakes say nothing.
std::string illness(const CallResult& result) {
  const bool is_mistake =
      result.response && result.response->verdict == upstream::Verdict::BadRequest;
  return result.failure && !is_mistake ? result.failure->message : std::string();
}

void waits_for(const Call& call, Wait what) {
  if (call.waits) call.waits->begin(what, Steady::now());
}

}  // namespace

Caller::Caller(upstream::Client& client,
               credit::Book& book,
               Counters& counters,
               Options options,
               const Clock& clock,
               Log log)
    : client_(client),
      book_(book),
      counters_(counters),
      options_(options),
      clock_(clock),
      log_(std::move(log)),
      breaker_(options.breaker),
      limit_(options.max_calls) {}

asio::awaitable<CallResult> Caller::call(Call call) {
  CallResult result;
  for (int attempt = 0;; ++attempt) {
    auto admitted = co_await admit(&call, attempt);
    if (!admitted) {
      // A failure of an earlier attempt says more than that no further one may be made.
      if (!result.failure) result.failure = std::move(admitted.error());
      co_return result;
    }
    result.asked_at = clock_.now();
    const auto started = Steady::now();
    upstream::Request request = call.request;
    waits_for(call, Wait::Call);
    auto answer = co_await client_.fetch(std::move(request));
    waits_for(call, Wait::None);
    // What clients have forwarded may be refused for reasons of its own.
    if (answer && call.intent.cause != credit::Cause::Forward)
      answer->error_code = closing_code(*answer);
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - started);
    result.charged += settle(admitted->ticket, answer, took);
    note_reach(answer, took);
    const bool again = answer ? take_answer(call, admitted->attempt, *answer, result)
                              : take_error(call, admitted->attempt, answer.error(), result);
    note_health(illness(result));
    if (!again || attempt >= options_.retries || has_given_up_) co_return result;
    ++counters_.retries;
    waits_for(call, Wait::Retry);
    co_await pause(with_jitter(options_.retry_delay));
    waits_for(call, Wait::None);
  }
}

asio::awaitable<Caller::Admission> Caller::admit(const Call* call, int attempt) {
  const Error stops{ErrorCode::Unavailable, "the daemon stops"};
  if (has_given_up_) co_return tl::unexpected(refuse(stops));
  auto allowed = breaker_.allow(Steady::now());
  if (!allowed) {
    const Error open{ErrorCode::Unavailable, "the upstream breaker is open"};
    co_return tl::unexpected(refuse(open));
  }
  credit::CallIntent intent = call->intent;
  if (attempt > 0) intent.cause = credit::Cause::Retry;
  auto admitted = co_await book_.admit(std::move(intent), call->waits);
  waits_for(*call, Wait::None);
  if (admitted && has_given_up_) {
    admitted->release();
    co_return tl::unexpected(refuse(stops));
  }
  if (admitted) {
    Admitted both{std::move(*allowed), std::move(*admitted)};
    co_return std::move(both);
  }
  allowed->abandoned();
  co_return tl::unexpected(refuse(admitted.error()));
}

FailurePtr Caller::refuse(const Error& error) {
  ++counters_.not_admitted;
  note_health(error.message);
  return failure_of(error);
}

FailurePtr Caller::refuse(const credit::Book::Refusal& refusal) {
  ++counters_.not_admitted;
  note_health(refusal.error.message);
  return failure_by_refusal(refusal, clock_.now());
}

// Returns what was booked.
Credits Caller::settle(credit::Book::Ticket& ticket,
                       const upstream::Fetched& answer,
                       std::chrono::milliseconds took) {
  const bool never_left =
      !answer && !answer.error().was_sent && answer.error().code == ErrorCode::Invalid;
  if (never_left) {
    ticket.release();
    return {};
  }
  auto outcome = outcome_of(answer, ticket.held());
  outcome.took = took;
  ticket.settle(outcome);
  return outcome.charged;
}

// Null while the book admits calls.
FailurePtr Caller::failure_by_book() const {
  const auto now = clock_.now();
  const auto closed = book_.closed(now);
  if (!closed) return nullptr;
  return failure_while_closed(closed->error_code,
                              std::chrono::ceil<std::chrono::seconds>(closed->until - now));
}

// Who hears first that a window is spent is told until when, as those after are.
FailurePtr Caller::failure_after(const upstream::Response& response) const {
  if (response.verdict == upstream::Verdict::Ok) return nullptr;
  const bool may_close = ledger::closure_of(response.error_code).has_value();
  auto closed = may_close ? failure_by_book() : nullptr;
  return closed ? std::move(closed) : failure_of(response);
}

// Returns whether to try again.
bool Caller::take_answer(const Call& call,
                         Breaker::Attempt& attempt,
                         upstream::Response& response,
                         CallResult& result) {
  const auto verdict = response.verdict;
  ++counters_.answers[static_cast<std::size_t>(verdict)];
  // What clients have forwarded may be anything: a refusal of that is no illness.
  const bool is_ill = is_upstream_ill(verdict) &&
                      (call.intent.cause != credit::Cause::Forward || response.http_status >= 500);
  if (is_ill) {
    if (attempt.failed(Steady::now()))
      log_.error("upstream breaker opened", {{"http_status", response.http_status}});
  } else if (attempt.succeeded()) {
    log_.info("upstream breaker closed");
  }
  if (verdict == upstream::Verdict::IpLimit) limit_.complained(Steady::now());
  result.failure = failure_after(response);
  if (result.failure && verdict != upstream::Verdict::BadRequest) {
    log_.warn("upstream refused a call",
              {{"endpoint", call.intent.endpoint},
               {"verdict", to_string(verdict)},
               {"http_status", response.http_status},
               {"error_code", response.error_code}});
  }
  result.response = std::move(response);
  return call.may_retry && is_ill && is_worth_retrying(verdict);
}

bool Caller::take_error(const Call& call,
                        Breaker::Attempt& attempt,
                        const Error& error,
                        CallResult& result) {
  ++counters_.no_answer;
  // A request that cannot be sent, or an answer larger than allowed, says nothing about upstream.
  if (error.code == ErrorCode::Invalid) {
    attempt.abandoned();
  } else if (attempt.failed(Steady::now())) {
    log_.error("upstream breaker opened", {{"error", error.message}});
  }
  log_.warn("upstream call failed", {{"endpoint", call.intent.endpoint}, {"error", error.message}});
  result.response.reset();
  result.failure = failure_of(error);
  return call.may_retry && is_worth_retrying(error);
}

void Caller::stop_waiting() { book_.stop_waiting(); }

void Caller::give_up() {
  has_given_up_ = true;
  client_.close();
}

std::size_t Caller::allowed_calls() { return limit_.allowed(Steady::now()); }

void Caller::note_health(std::string error) {
  const MutexLock lock(health_mutex_);
  health_.breaker = breaker_.state();
  health_.last_error = std::move(error);
}

void Caller::note_reach(const upstream::Fetched& answer, std::chrono::milliseconds took) {
  if (!answer && answer.error().code == ErrorCode::Invalid) return;  // says nothing
  const bool is_there = answer && answer->verdict != upstream::Verdict::ServerFailure;
  const MutexLock lock(health_mutex_);
  health_.average_latency = (health_.average_latency * 7 + took) / 8;
  if (is_there) {
    health_.outage.reset();
  } else {
    const TimePoint now = clock_.now();
    if (!health_.outage) health_.outage = alert::Outage{now, now};
    health_.outage->last = now;
  }
}

UpstreamHealth Caller::health() const {
  const MutexLock lock(health_mutex_);
  return health_;
}

}  // namespace quotecached::refill
