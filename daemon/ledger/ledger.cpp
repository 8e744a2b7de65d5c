#include "ledger/ledger.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "ledger/closure.hpp"

namespace quotecached::ledger {
namespace {

constexpr std::array kKinds{WindowKind::Minute, WindowKind::Day, WindowKind::Month};

// The provider may not have counted yet what was settled this shortly before it was asked.
constexpr std::chrono::seconds kCountLag{60};

// What a call takes of a window: a request, or its credits.
std::int64_t amount_in(WindowKind kind, Credits credits) {
  return kind == WindowKind::Minute ? 1 : credits.count;
}

std::int64_t cap_of(const Caps& caps, WindowKind kind) {
  switch (kind) {
    case WindowKind::Minute: return caps.requests_per_minute;
    case WindowKind::Day: return caps.per_day.count;
    case WindowKind::Month: break;
  }
  return caps.per_month.count;
}

bool is_reserved_from(Purpose purpose, WindowKind kind) {
  if (purpose == Purpose::Refresh) return kind == WindowKind::Minute;
  return purpose == Purpose::Ahead;
}

std::pair<bool, TimePoint> rank(const Ledger::NoRoom& refusal) {
  return {!refusal.is_held, refusal.until};
}

}  // namespace

Ledger::Ledger(Options options) : options_(options) {}

void Ledger::restore(const WindowSpend& spend, TimePoint now) {
  restored_at_ = now;
  tallies_[index_of(spend.kind)].restore(spend.window, spend.spent, now);
}

void Ledger::restore_lost(Credits worst_case, TimePoint started, TimePoint now) {
  advance(now);
  for (const WindowKind kind : kKinds) {
    const Window window = window_of(kind, started, options_.anchor);
    tallies_[index_of(kind)].spend_lost(amount_in(kind, worst_case), window, started, now);
  }
  recent_.note(worst_case, std::min(started, now), now);
}

void Ledger::advance(TimePoint now) {
  for (const WindowKind kind : kKinds)
    tallies_[index_of(kind)].enter(window_of(kind, now, options_.anchor), now);
}

std::optional<Ledger::NoRoom> Ledger::refusal(Credits worst_case, Purpose purpose, TimePoint now) {
  assert(worst_case.count >= 0);
  advance(now);
  std::optional<NoRoom> last;
  for (const WindowKind kind : kKinds) {
    const auto refused = refusal_of(kind, worst_case, purpose);
    // What is only held says the least of when there may be room.
    if (refused && (!last || rank(*last) <= rank(*refused))) last = refused;
  }
  return last;
}

tl::expected<Ledger::HoldId, Ledger::NoRoom> Ledger::hold(Credits worst_case,
                                                          Purpose purpose,
                                                          TimePoint now) {
  if (const auto refused = refusal(worst_case, purpose, now)) return tl::unexpected(*refused);
  held_ += worst_case;
  holds_.emplace(++last_hold_, Hold{worst_case, now});
  return last_hold_;
}

std::optional<Ledger::NoRoom> Ledger::refusal_of(WindowKind kind,
                                                 Credits worst_case,
                                                 Purpose purpose) const {
  const WindowUse ours = use(kind);
  const std::int64_t needed = amount_in(kind, worst_case);
  if (ours.cap <= 0 || needed == 0) return std::nullopt;
  const std::int64_t taken = ours.spent + ours.held + needed;
  const std::int64_t most = bound(kind, purpose);
  if (taken <= most) return std::nullopt;
  NoRoom refusal{kind, ours.window.end, taken <= ours.cap, false};
  // In the minute calls count whatever they turn out to cost.
  refusal.is_held = kind != WindowKind::Minute && ours.spent + needed <= most;
  return refusal;
}

std::int64_t Ledger::bound(WindowKind kind, Purpose purpose) const noexcept {
  // Shares like 0.8 are a hair off: what rounds to a whole credit is one.
  constexpr double kHair = 1e-6;
  const std::int64_t cap = cap_of(options_.caps, kind);
  if (!is_reserved_from(purpose, kind)) return cap;
  const double reserve = static_cast<double>(cap) * options_.foreground_reserve;
  return cap - static_cast<std::int64_t>(std::ceil(reserve - kHair));
}

Ledger::Hold Ledger::take(HoldId hold) {
  const auto open = holds_.find(hold);
  assert(open != holds_.end());
  const Hold taken = open->second;
  holds_.erase(open);
  held_ = held_ - taken.worst_case;
  return taken;
}

void Ledger::settle(HoldId hold, Credits charged, TimePoint now) {
  assert(charged.count >= 0);
  advance(now);
  const Hold taken = take(hold);
  for (const WindowKind kind : kKinds)
    tallies_[index_of(kind)].spend(amount_in(kind, charged), taken.started, now);
  recent_.note(charged, now, now);
}

void Ledger::release(HoldId hold, TimePoint now) {
  advance(now);
  take(hold);
}

std::array<std::int64_t, kWindowKinds> Ledger::reconcile(const ProviderUse& theirs,
                                                         TimePoint asked_at,
                                                         TimePoint now) {
  advance(now);
  std::array<std::int64_t, kWindowKinds> off{};
  const auto take_count = [&](WindowKind kind, const std::optional<std::int64_t>& count) {
    if (!count || !contains(tallies_[index_of(kind)].window(), asked_at)) return;
    if (may_be_former(kind, *count, asked_at)) return;
    off[index_of(kind)] = correct(kind, *count, asked_at, now);
  };
  const auto counted = [](const std::optional<Credits>& credits) {
    return credits ? std::optional(credits->count) : std::nullopt;
  };
  take_count(WindowKind::Minute, theirs.requests_this_minute);
  take_count(WindowKind::Day, counted(theirs.credits_today));
  take_count(WindowKind::Month, counted(theirs.credits_this_month));
  return off;
}

// By the provider's clock the window before may still go on.
bool Ledger::may_be_former(WindowKind kind, std::int64_t theirs, TimePoint asked_at) const {
  if (kind == WindowKind::Minute) return false;
  const WindowUse ours = use(kind);
  return asked_at < ours.window.start + kClockSkew && theirs > ours.spent + ours.held;
}

std::int64_t Ledger::correct(WindowKind kind,
                             std::int64_t theirs,
                             TimePoint asked_at,
                             TimePoint now) {
  const WindowUse ours = use(kind);
  const TimePoint since = std::min(asked_at, now) - kCountLag;
  auto settled = recent_.since(since, now);
  if (restored_at_ && since < *restored_at_) settled.reset();
  const bool is_requests = kind == WindowKind::Minute;
  // Too old a count says only what was spent at least.
  std::int64_t uncounted = ours.spent;
  if (settled) uncounted = is_requests ? settled->requests : settled->credits.count;
  tallies_[index_of(kind)].correct(theirs, uncounted, now);
  const std::int64_t more = theirs - (ours.spent + ours.held);
  const std::int64_t less = theirs + uncounted - ours.spent;
  return more > 0 ? more : std::min<std::int64_t>(less, 0);
}

void Ledger::change(const Caps& caps, const Anchor& anchor, TimePoint now) {
  advance(now);
  options_.caps = caps;
  if (options_.anchor == anchor) return;
  options_.anchor = anchor;
  for (const WindowKind kind : kKinds)
    tallies_[index_of(kind)].realign(window_of(kind, now, anchor), now);
}

WindowUse Ledger::use(WindowKind kind) const {
  const Tally& tally = tallies_[index_of(kind)];
  const bool is_requests = kind == WindowKind::Minute;
  return {.window = tally.window(),
          .cap = cap_of(options_.caps, kind),
          .spent = tally.spent(),
          .held = is_requests ? static_cast<std::int64_t>(holds_.size()) : held_.count};
}

WindowUses Ledger::uses(TimePoint now) {
  advance(now);
  return {use(WindowKind::Minute), use(WindowKind::Day), use(WindowKind::Month)};
}

std::vector<WindowSpend> Ledger::spends(TimePoint now) {
  advance(now);
  std::vector<WindowSpend> spends;
  for (const WindowKind kind : kKinds)
    for (const Tally::Span& span : tallies_[index_of(kind)].kept(now))
      spends.push_back({kind, span.window, span.spent});
  return spends;
}

}  // namespace quotecached::ledger
