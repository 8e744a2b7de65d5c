#include "calling/caller.hpp"

#include <random>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/on_exit.hpp"
#include "base/trace_parent.hpp"

namespace quotecached::calling {
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
  outcome.retry_after = reading.retry_after;
  outcome.accepts_key = reading.accepts_key;
  outcome.provider_id = answer.id;
  outcome.charge = reading.charge;
  return outcome;
}

// Without an answer. One that got lost may have been billed.
credit::CallOutcome outcome_of(const upstream::TransportError& loss) {
  credit::CallOutcome outcome;
  outcome.charge.may_be_billed = loss.was_sent;
  return outcome;
}

// Of a client that has it traced; the attempt has a name of its own in that trace.
void pass_on_trace(const Call& call, upstream::Request& request) {
  const auto& tag = call.intent.tag;
  if (!tag || !tag->trace) return;
  thread_local std::mt19937_64 spans{std::random_device{}()};
  request.headers.push_back("traceparent: " + child_of(*tag->trace, spans()));
}

bool is_forwarded(const Call& call) { return call.intent.cause == credit::Cause::Forward; }

provider::Asker asker_of(const Call& call) {
  if (is_forwarded(call)) return provider::Asker::Client;
  return call.intent.cause == credit::Cause::Probe ? provider::Asker::Probe
                                                   : provider::Asker::Daemon;
}

// What a call says of upstream's health; empty when nothing. Clients' mistakes say nothing.
std::string illness(const CallResult& result) {
  const bool is_mistake =
      result.response && result.reading.verdict == provider::Verdict::BadRequest;
  return result.failure && !is_mistake ? result.failure->message : std::string();
}

void add(std::vector<Credits>& sums, const std::vector<Credits>& parts) {
  sums.resize(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) sums[i] += parts[i];
}

void waits_for(const Call& call, Wait what) {
  if (call.waits) call.waits->begin(what, Steady::now());
}

}  // namespace

Caller::Caller(Parts parts, Options options, Log log)
    : client_(parts.client),
      book_(parts.book),
      clients_(parts.clients),
      dialect_(parts.dialect),
      counters_(parts.counters),
      options_(options),
      clock_(parts.clock),
      log_(std::move(log)),
      breakers_(options.breaker),
      limit_(options.max_calls) {}

asio::awaitable<CallResult> Caller::call(Call call) {
  CallResult result;
  for (int attempt = 0;; ++attempt) {
    auto admitted = co_await admit(&call, attempt);
    if (!admitted) {
      // A failure of an earlier attempt says more than that no further one may be made.
      if (result.failure) co_return result;
      result.failure = std::move(admitted.error().failure);
      result.is_by_clients = admitted.error().is_by_clients;
      co_return result;
    }
    result.asked_at = clock_.now();
    const auto started = Steady::now();
    upstream::Request request = call.request;
    pass_on_trace(call, request);
    waits_for(call, Wait::Call);
    auto answer = co_await client_.fetch(std::move(request));
    waits_for(call, Wait::None);
    const auto lasted = Steady::now() - started;
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(lasted);
    counters_.took.note(lasted);
    if (answer) result.reading = interpret(call, *answer, result.asked_at);
    settle(*admitted, answer, took, result);
    const bool again = answer ? take_answer(call, admitted->attempt, *answer, result)
                              : take_error(call, admitted->attempt, answer.error(), result);
    // What clients have forwarded may fail by itself.
    const bool is_telling =
        !is_forwarded(call) || !result.failure || result.attempt == Evidence::Network;
    if (is_telling) note_health(illness(result));
    if (result.reading.doubts_key && on_doubt_) on_doubt_();
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
  auto allowed = breakers_.allow(call->lane, Steady::now());
  if (!allowed) {
    const Error open{ErrorCode::Unavailable, "the upstream breaker is open"};
    co_return tl::unexpected(refuse(open));
  }
  credit::CallIntent intent = call->intent;
  if (attempt > 0) intent.cause = credit::Cause::Retry;
  const auto worst_case = book_.prices().worst_case(intent.endpoint, intent.worst_case);
  auto clients = credit::JointHold::take(clients_, call->payers, worst_case);
  if (!clients) co_return tl::unexpected(refuse_clients(clients.error()));
  bool may_leave = false;
  // However the waiting ends: of a call that does not leave nobody bears anything.
  const OnExit give_back([&may_leave, &clients] {
    if (!may_leave) clients->settle({});
  });
  auto admitted = co_await book_.admit(std::move(intent), call->waits);
  waits_for(*call, Wait::None);
  if (!admitted) co_return tl::unexpected(refuse(admitted.error()));
  if (has_given_up_) {
    admitted->release();
    co_return tl::unexpected(refuse(stops));
  }
  may_leave = true;
  Admitted all{std::move(*allowed), std::move(*admitted), std::move(*clients)};
  co_return std::move(all);
}

Caller::NotAdmitted Caller::refuse(const Error& error) {
  ++counters_.not_admitted;
  note_health(error.message);
  return {failure_of(error)};
}

Caller::NotAdmitted Caller::refuse(const credit::Book::NotAdmitted& refusal) {
  ++counters_.not_admitted;
  note_health(refusal.error.message);
  return {failure_by_refusal(dialect_, refusal, clock_.now())};
}

// It says nothing of the provider's health.
Caller::NotAdmitted Caller::refuse_clients(const credit::Book::NotAdmitted& refusal) {
  ++counters_.not_admitted;
  return {failure_by_refusal(dialect_, refusal, clock_.now()), true};
}

// The clients first: who is told that the call is settled finds theirs settled too.
void Caller::settle(Admitted& admitted,
                    const upstream::Fetched& answer,
                    std::chrono::milliseconds took,
                    CallResult& result) const {
  const bool never_left =
      !answer && !answer.error().was_sent && answer.error().code == ErrorCode::Invalid;
  if (never_left) {
    add(result.parts, admitted.clients.settle({}));
    return admitted.ticket.release();
  }
  auto outcome = answer ? outcome_of(*answer, result.reading) : outcome_of(answer.error());
  outcome.took = took;
  doubt(admitted.ticket, outcome.charge);
  const Credits charged = outcome.charge.booked(admitted.ticket.held());
  result.charged += charged;
  add(result.parts, admitted.clients.settle(charged));
  (void)admitted.ticket.settle(outcome);
}

void Caller::doubt(const credit::Book::Ticket& ticket, ledger::Charge& charge) const {
  const auto& intent = ticket.intent();
  const bool is_priced = intent.cause != credit::Cause::Forward;
  if (!charge.is_beyond_belief(ticket.held(), is_priced)) return;
  log_.error("charge_not_believed",
             {{"endpoint", intent.endpoint},
              {"told", charge.credits.count},
              {"booked", ticket.held().count}});
  charge.disbelieve();
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

// Null while the book admits calls. `least`: the least time to wait.
FailurePtr Caller::failure_by_book(std::chrono::seconds least) const {
  const auto now = clock_.now();
  const auto closed = book_.closed(now);
  if (!closed) return nullptr;
  const auto wait = std::chrono::ceil<std::chrono::seconds>(closed->until - now);
  return failure_while_closed(dialect_, closed->closure, closed->error_code, std::max(wait, least));
}

// Who hears first that a window is spent is told until when, as those after are.
FailurePtr Caller::failure_after(unsigned http_status, const provider::Reading& reading) const {
  if (reading.verdict == provider::Verdict::Ok) return nullptr;
  auto closed = reading.closes ? failure_by_book(reading.retry_after) : nullptr;
  return closed ? std::move(closed) : failure_of(http_status, reading);
}

// Returns whether to try again.
bool Caller::take_answer(const Call& call,
                         Breakers::Attempt& attempt,
                         upstream::Response& response,
                         CallResult& result) {
  const auto verdict = result.reading.verdict;
  ++counters_.answers[static_cast<std::size_t>(verdict)];
  const auto evidence = evidence_of(response.http_status, verdict, is_forwarded(call));
  result.attempt = evidence;
  report(attempt, evidence, fmt::format("HTTP status {}", response.http_status));
  if (!is_forwarded(call) || evidence == Evidence::Good) note_reach(evidence, response.took);
  if (verdict == provider::Verdict::IpLimit) limit_.complained(Steady::now());
  result.failure = failure_after(response.http_status, result.reading);
  if (result.failure && verdict != provider::Verdict::BadRequest) {
    log_.warn("upstream_refused_a_call",
              {{"endpoint", call.intent.endpoint},
               {"verdict", to_string(verdict)},
               {"http_status", response.http_status},
               {"error_code", result.reading.error_code}});
  }
  const bool is_worth_it = is_worth_retrying(response.http_status, verdict) &&
                           (!is_forwarded(call) || evidence == Evidence::Failure);
  result.response = std::move(response);
  return call.may_retry && is_worth_it;
}

bool Caller::take_error(const Call& call,
                        Breakers::Attempt& attempt,
                        const upstream::TransportError& error,
                        CallResult& result) {
  ++counters_.no_answer;
  const auto evidence = evidence_of(error);
  result.attempt = evidence;
  report(attempt, evidence, error.message);
  if (!is_forwarded(call) || evidence == Evidence::Network) note_reach(evidence, std::nullopt);
  log_.warn("upstream_call_failed", {{"endpoint", call.intent.endpoint}, {"error", error.message}});
  result.response.reset();
  result.failure = failure_of(error);
  return call.may_retry && is_worth_retrying(error);
}

void Caller::report(Breakers::Attempt& attempt, Evidence evidence, std::string_view what) {
  switch (attempt.report(evidence, Steady::now())) {
    case Breakers::News::Opened: log_.error("upstream_breaker_opened", {{"error", what}}); break;
    case Breakers::News::Closed: log_.info("upstream_breaker_closed"); break;
    case Breakers::News::Doubt:
      if (on_doubt_) on_doubt_();
      break;
    case Breakers::News::None: break;
  }
}

void Caller::confirm_outage() {
  const bool is_news = breakers_.open(Steady::now());
  if (is_news) log_.error("upstream_breaker_opened", {{"error", "a call of our own fails too"}});
  const MutexLock lock(health_mutex_);
  note_outage(Evidence::Failure);
  health_.breaker = breakers_.state();
}

void Caller::stop_waiting() { book_.stop_waiting(); }

void Caller::give_up() {
  has_given_up_ = true;
  client_.close();
}

std::size_t Caller::allowed_calls() { return limit_.allowed(Steady::now()); }

void Caller::note_health(std::string error) {
  const MutexLock lock(health_mutex_);
  health_.breaker = breakers_.state();
  health_.last_error = std::move(error);
}

void Caller::note_reach(Evidence evidence, std::optional<std::chrono::milliseconds> took) {
  if (evidence == Evidence::Nothing) return;
  // Of those only what they add to an outage is known.
  if (evidence == Evidence::Page && breakers_.state() == Breaker::State::Closed) return;
  const MutexLock lock(health_mutex_);
  recent_.note({.ended = Steady::now(),
                .took = took.value_or(std::chrono::milliseconds(0)),
                .is_answered = took.has_value(),
                .is_failed = evidence != Evidence::Good});
  if (took && took->count() > 0)
    health_.average_latency = (health_.average_latency * 7 + *took) / 8;
  note_outage(evidence);
}

// Since when the provider is not there, for alerts.
void Caller::note_outage(Evidence evidence) {
  if (evidence == Evidence::Good) {
    health_.outage.reset();
    return;
  }
  const TimePoint now = clock_.now();
  if (!health_.outage) health_.outage = alert::Outage{now, now};
  health_.outage->last = now;
}

UpstreamHealth Caller::health() const {
  const MutexLock lock(health_mutex_);
  UpstreamHealth health = health_;
  health.recent = recent_.summary(Steady::now());
  return health;
}

}  // namespace quotecached::calling
