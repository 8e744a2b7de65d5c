#include "credit/book.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "credit/book_refusal.hpp"
#include "credit/book_state.hpp"
#include "ledger/plan.hpp"

namespace quotecached::credit {

Book::Book(const Parts& parts, const BookState& state, const Options& options, const Log& log)
    : state_(std::make_shared<State>(parts, state, options, log)) {}

Book::~Book() {
  state_->is_over = true;
  state_->journal.close();
}

asio::awaitable<tl::expected<Book::Ticket, Book::NotAdmitted>> Book::admit(CallIntent intent,
                                                                           WaitsPtr waits) {
  assert(intent.worst_case.count >= 0);
  return State::admit(state_, std::move(intent), std::move(waits));
}

void Book::stop_waiting() noexcept { state_->may_wait = false; }

std::optional<Closed> Book::closed(TimePoint now) const { return state_->closures.closed(now); }

std::optional<Book::NotAdmitted> Book::refusal(ledger::Purpose purpose, Credits worst_case) {
  auto& state = *state_;
  const TimePoint now = state.clock.now();
  if (auto refused = state.refusal_before_caps(purpose, now)) return refused;
  const auto refused = state.ledger.refusal(worst_case, purpose, now);
  if (refused && !refused->is_short()) return refusal_of(*refused, now);
  const auto rest = state.journal.rests();
  if (rest.count() == 0 || !state.options.stops_on_ledger_failure) return std::nullopt;
  return state.refusal_by_journal(Error{ErrorCode::Unavailable, state.journal.error()}, now);
}

const PriceCheck& Book::prices() const noexcept { return state_->prices; }

std::array<std::int64_t, ledger::kWindowKinds> Book::reconcile(
    const std::optional<PlanReading>& plan, const ledger::ProviderUse& theirs, TimePoint asked_at) {
  auto& state = *state_;
  const TimePoint now = state.clock.now();
  // What was spent before there was a book is no drift of it.
  const bool is_first = plan && !state.plan;
  if (plan && state.options.adopts_plan) state.obey(*plan, now);
  state.drift = state.ledger.reconcile(theirs, asked_at, now);
  const auto off = [&](ledger::WindowKind kind) {
    return state.drift[static_cast<std::size_t>(kind)];
  };
  if (off(ledger::WindowKind::Day) < 0 || off(ledger::WindowKind::Month) < 0)
    state.prices.forget_excess();
  if (is_first) state.drift = {};
  state.reopen(theirs, now);
  state.read_at = now;
  state.counted = ProviderReading{theirs, asked_at};
  state.reading_error.clear();
  if (plan) {
    state.journal.keep(*plan, state.ledger.spends(now));
  } else {
    state.journal.keep(state.ledger.spends(now));
  }
  state.read.set();
  return state.drift;
}

void Book::no_reading(std::string why) {
  state_->reading_error = std::move(why);
  state_->read.set();
}

void Book::change(const ledger::Ledger::Options& wanted) {
  auto& state = *state_;
  state.options.ledger.caps = wanted.caps;
  const bool is_told = state.options.adopts_plan && state.plan;
  const ledger::Caps caps =
      is_told ? ledger::both_caps(wanted.caps, state.plan->caps) : wanted.caps;
  state.ledger.change(caps, state.ledger.options().anchor, state.clock.now());
  state.ledger.change_reserve(wanted.foreground_reserve);
}

const ledger::Anchor& Book::anchor() const noexcept { return state_->ledger.options().anchor; }

void Book::on_plan(std::function<void(const ledger::Anchor&, TimePoint)> observer) {
  state_->on_plan = std::move(observer);
}

void Book::keep_client(const std::string& client, std::vector<ledger::WindowSpend> windows) {
  state_->journal.keep_client(client, std::move(windows));
}

void Book::keep_all() {
  auto windows = state_->ledger.spends(state_->clock.now());
  if (state_->plan) {
    state_->journal.keep(*state_->plan, std::move(windows));
  } else {
    state_->journal.keep(std::move(windows));
  }
}

BookView Book::view() {
  auto& state = *state_;
  const TimePoint now = state.clock.now();
  BookView view;
  view.uses = state.ledger.uses(now);
  for (std::size_t i = 0; i < ledger::kClosures; ++i) {
    view.closed[i] = state.closures.closed(static_cast<ledger::Closure>(i), now);
  }
  view.key_error = state.closures.key_error();
  view.is_key_proven = state.closures.is_key_proven();
  view.holds = state.ledger.holds();
  view.ledger_error = state.journal.error();
  view.anchor = state.ledger.options().anchor;
  view.plan = state.plan;
  view.read_at = state.read_at;
  view.reading_error = state.reading_error;
  view.drift = state.drift;
  view.counted = state.counted;
  view.prices = state.prices.endpoints();
  return view;
}

void Book::on_settled(std::function<void(const CallRecord&)> observer) {
  state_->on_settled = std::move(observer);
}

const Book::Totals& Book::totals() const noexcept { return state_->totals; }

std::map<std::string, std::int64_t, std::less<>> Book::credits_by_endpoint() const {
  const MutexLock lock(state_->endpoints_mutex);
  return state_->credits_by_endpoint;
}

std::uint64_t Book::unrecorded() const noexcept { return state_->journal.unrecorded(); }

Book::Ticket::Ticket(std::shared_ptr<State> book, CallIntent intent)
    : book_(std::move(book)), intent_(std::move(intent)) {}

Book::Ticket::~Ticket() {
  if (!book_ || book_->is_over) return;
  if (!is_committed_) {
    book_->forget(*this);
    return;
  }
  CallOutcome outcome;
  outcome.charge.credits = held_;
  outcome.took = std::max(book_->clock.now() - started_, milliseconds(0));
  (void)settle(outcome);
}

Credits Book::Ticket::settle(CallOutcome outcome) {
  assert(book_);
  outcome.charge.credits = outcome.charge.booked(held_);
  const auto book = std::exchange(book_, nullptr);
  if (!book->is_over) book->settle(*this, outcome);
  return outcome.charge.credits;
}

void Book::Ticket::release() {
  assert(book_);
  const auto book = std::exchange(book_, nullptr);
  if (!book->is_over) book->release(*this);
}

}  // namespace quotecached::credit
