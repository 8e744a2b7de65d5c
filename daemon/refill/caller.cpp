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

credit::CallOutcome outcome_of(const upstream::Response& answer, const provider::Reading& reading) {
  credit::CallOutcome outcome;
  outcome.http_status = answer.http_status;
  outcome.error_code = reading.error_code;
  outcome.closes = reading.closes;
  outcome.accepts_key = reading.accepts_key;
  outcome.charge = reading.charge;
  return outcome;
}

// Without an answer. One that got lost may have been billed.
credit::CallOutcome outcome_of(const upstream::TransportError& loss) {
  credit::CallOutcome outcome;
  outcome.charge.may_be_billed = loss.was_sent;
  return outcome;
}

provider::Asker asker_of(const Call& call) {
  return call.intent.cause == credit::Cause::Forward ? provider::Asker::Client
                                                     : provider::Asker::Daemon;
}

// What a call says of upstream's health; empty when nothing. Clients' mistakes say nothing.
std::string illness(const CallResult& result) {
  const bool is_mistake =
      result.response && result.reading.verdict == provider::Verdict::BadRequest;
  return result.failure && !is_mistake ? result.failure->message : std::string();
}

void waits_for(const Call& call, Wait what) {
  if (call.waits) call.waits->begin(what, Steady::now());
}

}  // namespace

Caller::Caller(Parts parts, Options options, Log log)
    : client_(parts.client),
      book_(parts.book),
      dialect_(parts.dialect),
      counters_(parts.counters),
      options_(options),
      clock_(parts.clock),
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
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - started);
    if (answer) result.reading = interpret(call, *answer, result.asked_at);
    result.charged += settle(admitted->ticket, answer, result.reading, took);
    note_reach(answer, result.reading, took);
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

FailurePtr Caller::refuse(const credit::Book::NotAdmitted& refusal) {
  ++counters_.not_admitted;
  note_health(refusal.error.message);
  return failure_by_refusal(dialect_, refusal, clock_.now());
}

// Returns what was booked.
Credits Caller::settle(credit::Book::Ticket& ticket,
                       const upstream::Fetched& answer,
                       const provider::Reading& reading,
                       std::chrono::milliseconds took) {
  const bool never_left =
      !answer && !answer.error().was_sent && answer.error().code == ErrorCode::Invalid;
  if (never_left) {
    ticket.release();
    return {};
  }
  auto outcome = answer ? outcome_of(*answer, reading) : outcome_of(answer.error());
  outcome.took = took;
  return ticket.settle(outcome);
}

// A large answer is walked once: by whoever takes its data apart, where its head is good.
provider::Reading Caller::interpret(const Call& call,
                                    upstream::Response& answer,
                                    TimePoint asked_at) const {
  if (call.take) {
    auto head = dialect_.interpret_head(answer);
    if (head && call.take(answer.body, asked_at)) return std::move(*head);
  }
  return dialect_.interpret(answer, asker_of(call));
}

// Null while the book admits calls.
FailurePtr Caller::failure_by_book() const {
  const auto now = clock_.now();
  const auto closed = book_.closed(now);
  if (!closed) return nullptr;
  return failure_while_closed(dialect_,
                              closed->closure,
                              closed->error_code,
                              std::chrono::ceil<std::chrono::seconds>(closed->until - now));
}

// Who hears first that a window is spent is told until when, as those after are.
FailurePtr Caller::failure_after(unsigned http_status, const provider::Reading& reading) const {
  if (reading.verdict == provider::Verdict::Ok) return nullptr;
  auto closed = reading.closes ? failure_by_book() : nullptr;
  return closed ? std::move(closed) : failure_of(http_status, reading);
}

// Returns whether to try again.
bool Caller::take_answer(const Call& call,
                         Breaker::Attempt& attempt,
                         upstream::Response& response,
                         CallResult& result) {
  const auto verdict = result.reading.verdict;
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
  if (verdict == provider::Verdict::IpLimit) limit_.complained(Steady::now());
  result.failure = failure_after(response.http_status, result.reading);
  if (result.failure && verdict != provider::Verdict::BadRequest) {
    log_.warn("upstream refused a call",
              {{"endpoint", call.intent.endpoint},
               {"verdict", to_string(verdict)},
               {"http_status", response.http_status},
               {"error_code", result.reading.error_code}});
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

void Caller::note_reach(const upstream::Fetched& answer,
                        const provider::Reading& reading,
                        std::chrono::milliseconds took) {
  if (!answer && answer.error().code == ErrorCode::Invalid) return;  // says nothing
  const bool is_there = answer && reading.verdict != provider::Verdict::ServerFailure;
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
