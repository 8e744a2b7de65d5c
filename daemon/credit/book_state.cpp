#include "credit/book_state.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "credit/book_refusal.hpp"
#include "ledger/plan.hpp"

namespace quotecached::credit {
namespace {

using Steady = std::chrono::steady_clock;

// How often a call that waits for its turn looks at the clock, which may jump.
constexpr std::chrono::milliseconds kLookAgain{250};

CallRow row_of(std::int64_t id, const CallIntent& intent, TimePoint started) {
  CallRow row;
  row.id = id;
  row.started = started;
  row.endpoint = intent.endpoint;
  row.cause = intent.cause;
  row.client = intent.client;
  row.tag = intent.tag;
  row.assets = static_cast<std::int64_t>(intent.assets.size());
  row.riding = static_cast<std::int64_t>(intent.riding);
  row.predicted = intent.predicted;
  return row;
}

// From the first window on as the plan was read last: windows that end otherwise would take over
// what the ones before them spent.
ledger::Ledger::Options ledger_options(const BookState& before, const Book::Options& wanted) {
  ledger::Ledger::Options options = wanted.ledger;
  if (!before.plan || !wanted.adopts_plan) return options;
  options.caps = ledger::both_caps(options.caps, before.plan->caps);
  options.anchor = before.plan->anchor;
  return options;
}

CallJournal::Options journal_options(const Book::Options& wanted) {
  CallJournal::Options options;
  options.commit_timeout = wanted.commit_timeout;
  options.account = wanted.account;
  return options;
}

void waits_for(const WaitsPtr& waits, Wait what) {
  if (waits) waits->begin(what, Steady::now());
}

}  // namespace

Book::State::State(const Parts& parts,
                   const BookState& before,
                   const Options& wanted,
                   const Log& event_log)
    : clock(parts.clock),
      policy(parts.policy),
      log(event_log),
      options(wanted),
      ledger(ledger_options(before, wanted)),
      closures(ledger.options().anchor),
      journal(parts.writer, before.error, before.last_id, journal_options(wanted), event_log),
      last_id(before.last_id),
      plan(before.plan) {
  const TimePoint now = clock.now();
  for (const auto& spend : before.windows) ledger.restore(spend, now);
  Credits lost;
  for (const auto& call : before.held) {
    ledger.restore_lost(call.worst_case, call.started, now);
    lost += call.worst_case;
  }
  if (before.held.empty()) return;
  log.warn("calls_cut_off_by_a_crash", {{"calls", before.held.size()}, {"credits", lost.count}});
  journal.keep(ledger.spends(now));
}

void Book::State::obey(const PlanReading& reading, TimePoint now) {
  const ledger::Caps caps = ledger::both_caps(options.ledger.caps, reading.caps);
  const auto& known = ledger.options();
  plan = reading;
  if (caps == known.caps && reading.anchor == known.anchor) return;
  log.info("plan_limits",
           {{"requests_per_minute", reading.caps.requests_per_minute},
            {"per_day", reading.caps.per_day.count},
            {"per_month", reading.caps.per_month.count}});
  ledger.change(caps, reading.anchor, now);
  closures.change(reading.anchor);
  if (on_plan) on_plan(reading.anchor, now);
}

void Book::State::reopen(const ledger::ProviderUse& theirs, TimePoint now) {
  const auto uses = ledger.uses(now);
  const auto look =
      [&](ledger::Closure closure, ledger::WindowKind kind, const std::optional<Credits>& spent) {
        const auto cap = uses[static_cast<std::size_t>(kind)].cap;
        if (spent && cap > 0 && spent->count < cap) closures.reopen(closure);
      };
  look(ledger::Closure::Day, ledger::WindowKind::Day, theirs.credits_today);
  look(ledger::Closure::Month, ledger::WindowKind::Month, theirs.credits_this_month);
}

asio::awaitable<tl::expected<Book::Ticket, Book::NotAdmitted>> Book::State::admit(
    std::shared_ptr<State> self, CallIntent intent, WaitsPtr waits) {
  waits_for(waits, Wait::Plan);
  if (intent.cause != Cause::Probe) co_await self->await_first_reading();
  waits_for(waits, Wait::MinuteTurn);
  auto turn = co_await await_turn(self, &intent);
  if (!turn) co_return tl::unexpected(std::move(turn.error()));
  CallRow row = row_of(turn->id_, intent, turn->started_);
  row.outcome.charge.credits = turn->held_;
  auto windows = self->ledger.spends(turn->started_);
  waits_for(waits, Wait::Commit);
  const auto committed = co_await self->journal.commit_hold(std::move(row), std::move(windows));
  if (!committed && self->options.stops_on_ledger_failure) {
    if (committed.error().code == ErrorCode::Timeout) self->journal.forget(turn->id_);
    co_return tl::unexpected(self->refusal_by_journal(committed.error(), self->clock.now()));
  }
  turn->is_committed_ = true;
  co_return std::move(*turn);
}

// Until there is room for the call, or there will be none in time.
asio::awaitable<tl::expected<Book::Ticket, Book::NotAdmitted>> Book::State::await_turn(
    std::shared_ptr<State> self, const CallIntent* intent) {
  std::optional<ledger::Purpose> purpose;
  if (intent->cause != Cause::Probe) purpose = intent->purpose;
  while (true) {
    const TimePoint now = self->clock.now();
    auto refused = self->refusal_before_caps(purpose, now);
    if (refused) co_return tl::unexpected(std::move(*refused));
    auto held = self->hold(self, *intent, now);
    if (held) co_return std::move(*held);
    milliseconds turn = held.error().until - now;
    if (held.error().is_held) turn = std::min(turn, kLookAgain);
    const auto patience = intent->deadline - Steady::now();
    if (!held.error().is_short() || !self->may_wait || patience <= turn) {
      co_return tl::unexpected(refusal_of(held.error(), now));
    }
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(std::clamp<Steady::duration>(turn, milliseconds(1), kLookAgain));
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<void> Book::State::await_first_reading() {
  const auto left = options.first_reading - (Steady::now() - began);
  if (left <= Steady::duration(0) || read.is_set()) co_return;
  (void)co_await read.wait_for(std::chrono::ceil<std::chrono::milliseconds>(left));
}

tl::expected<Book::Ticket, ledger::Ledger::NoRoom> Book::State::hold(
    const std::shared_ptr<State>& self, const CallIntent& intent, TimePoint now) {
  const Credits worst_case = prices.worst_case(intent.endpoint, intent.worst_case);
  const auto held = ledger.hold(worst_case, intent.purpose, now);
  if (!held) return tl::unexpected(held.error());
  Ticket ticket(self, intent);
  ticket.held_ = worst_case;
  ticket.hold_ = *held;
  ticket.id_ = ++last_id;
  ticket.started_ = now;
  const auto trial = intent.cause == Cause::Probe ? Closures::Trial::No : Closures::Trial::Yes;
  closures.admitted(static_cast<std::uint64_t>(ticket.id_), now, trial);
  return ticket;
}

std::optional<Book::NotAdmitted> Book::State::refusal_before_caps(
    std::optional<ledger::Purpose> purpose, TimePoint now) {
  // What costs nothing is made though day and month are spent, or the key is refused: it may tell
  // of a larger plan, or that the key is good again.
  const auto why = purpose ? closures.closed(now) : closures.closed(ledger::Closure::Minute, now);
  if (why) return refusal_of(*why);
  if (purpose && !pacing::may_pay(policy.get().rules, *purpose))
    return refusal_by_policy(policy.get(), ledger.uses(now));
  return std::nullopt;
}

Book::NotAdmitted Book::State::refusal_by_journal(const Error& error, TimePoint now) const {
  NotAdmitted refusal;
  refusal.error = {ErrorCode::Unavailable, error.message};
  refusal.until = now + journal.rests();
  return refusal;
}

void Book::State::settle(const Ticket& ticket, const CallOutcome& outcome) {
  const TimePoint now = clock.now();
  if (outcome.charge.credits > ticket.held_) {
    log.warn("charged_more_than_the_worst_case",
             {{"endpoint", ticket.intent_.endpoint},
              {"charged", outcome.charge.credits.count},
              {"worst_case", ticket.held_.count}});
  }
  ledger.settle(ticket.hold_, outcome.charge.credits, now);
  const CallRecord record{ticket.intent_, outcome, ticket.started_, options.account};
  count(record);
  prices.note(record);
  const auto number = static_cast<std::uint64_t>(ticket.id_);
  tell(closures.note(number, ticket.started_, outcome, now), outcome, now);
  CallRow row = row_of(ticket.id_, ticket.intent_, ticket.started_);
  row.outcome = outcome;
  row.state = RowState::Settled;
  journal.put(std::move(row), ledger.spends(now));
  if (on_settled) on_settled(record);
}

void Book::State::count(const CallRecord& call) {
  const auto credits = call.outcome.charge.credits.count;
  totals.calls.fetch_add(1, std::memory_order_relaxed);
  totals.credits.fetch_add(credits, std::memory_order_relaxed);
  totals.credits_by_cause[static_cast<std::size_t>(call.intent.cause)].fetch_add(
      credits, std::memory_order_relaxed);
  {
    const MutexLock lock(endpoints_mutex);
    credits_by_endpoint[call.intent.endpoint] += credits;
  }
  if (!call.intent.is_for_assets()) return;
  totals.asset_credits.fetch_add(credits, std::memory_order_relaxed);
  if (!call.is_good()) return;
  totals.asked_assets.fetch_add(call.intent.assets.size(), std::memory_order_relaxed);
  totals.riding_assets.fetch_add(call.intent.riding, std::memory_order_relaxed);
}

void Book::State::release(const Ticket& ticket) {
  const TimePoint now = clock.now();
  ledger.release(ticket.hold_, now);
  journal.take_back(ticket.id_, ledger.spends(now));
}

void Book::State::forget(const Ticket& ticket) { ledger.release(ticket.hold_, clock.now()); }

void Book::State::tell(Closures::Change news, const CallOutcome& outcome, TimePoint now) const {
  if (news == Closures::Change::KeyAccepted) log.info("upstream_accepts_the_key_again");
  if (news != Closures::Change::Closed) return;
  const auto why = closures.closed(now);
  log.error("upstream_closed",
            {{"error_code", outcome.error_code}, {"until", why ? utc(why->until) : "now"}});
}

}  // namespace quotecached::credit
