#include "ledger/tally.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace quotecached::ledger {
namespace {

bool is_past(const Tally::Span& span, TimePoint now) { return span.window.end <= now; }
bool is_later(const Tally::Span& span, TimePoint now) { return span.window.start > now; }

void forget(Tally::Span& span) {
  span.spent = 0;
  span.missed = 0;
  span.is_forgotten = true;
}

}  // namespace

// Requires: it is known or has just been entered.
std::int64_t Tally::spent() const noexcept {
  const auto span = std::ranges::find(spans_, current_, &Span::window);
  return span == spans_.end() ? 0 : span->spent;
}

Tally::Span& Tally::at(const Window& window) {
  const auto known = std::ranges::find(spans_, window, &Span::window);
  if (known != spans_.end()) return *known;
  const auto place = std::ranges::find_if(spans_, [&](const Span& span) {
    return std::pair(span.window.start, span.window.end) > std::pair(window.start, window.end);
  });
  return *spans_.insert(place, Span{window});
}

// A window that nothing was spent in says nothing: it may be one that was forgotten.
void Tally::restore(const Window& window, std::int64_t spent, TimePoint now) {
  if (spent <= 0 || window.end <= window.start) return;
  Span& span = at(window);
  span.spent = std::max(span.spent, spent);
  prune(now);
}

void Tally::enter(const Window& window, TimePoint now) {
  wait(now);
  last_ = now;
  if (window == current_) return;
  const bool is_first = current_ == Window{};
  current_ = window;
  Span& span = at(window);
  span.spent += std::exchange(span.missed, 0);
  span.spent = std::max(span.spent, most_beside(span));
  span.waited = milliseconds(0);
  span.is_forgotten = false;
  if (is_first) forget_misfits(now);
  prune(now);
}

void Tally::realign(const Window& window, TimePoint now) {
  enter(window, now);
  forget_misfits(window.end);
}

// Those that begin by `until`. Else the window after the present one would take over what was spent
// before it.
void Tally::forget_misfits(TimePoint until) {
  for (Span& span : spans_) {
    const bool overlaps = span.window.start <= until && span.window.start < current_.end &&
                          current_.start < span.window.end;
    if (overlaps && span.window != current_) forget(span);
  }
}

std::int64_t Tally::most_beside(const Span& span) const {
  std::int64_t most = 0;
  for (const Span& other : spans_)
    if (other.window != span.window && other.window.end > span.window.start)
      most = std::max(most, other.spent);
  return most;
}

void Tally::spend(std::int64_t amount, TimePoint started, TimePoint now) {
  const TimePoint since = std::min(started, now);
  for (Span& span : spans_) {
    if (!span.is_forgotten) (span.window.end > since ? span.spent : span.missed) += amount;
  }
}

void Tally::spend_lost(std::int64_t amount,
                       const Window& started_in,
                       TimePoint started,
                       TimePoint now) {
  if (is_later(Span{started_in}, now)) at(started_in).is_forgotten = false;
  const TimePoint since = std::min(started, now);
  for (Span& span : spans_) {
    if (span.is_forgotten || span.window.end <= since) continue;
    const bool is_reached = span.window.start < started + kLongestCall;
    if (is_reached || is_later(span, now)) span.spent += amount;
  }
  prune(now);
}

// Later windows may be what the provider calls the current one.
void Tally::correct(std::int64_t theirs, std::int64_t recent, TimePoint now) {
  for (Span& span : spans_) {
    if (span.is_forgotten || is_past(span, now)) continue;
    span.spent = std::max(theirs, std::min(span.spent, theirs + recent));
  }
}

// Rows are known by when their windows begin: of two such windows, the one that spent more.
std::vector<Tally::Span> Tally::kept(TimePoint now) const {
  std::vector<Span> kept;
  for (const Span& span : spans_) {
    if (span.window.end + kToldPast <= now) continue;
    Span told = span;
    told.spent += std::exchange(told.missed, 0);
    if (kept.empty() || kept.back().window.start != span.window.start) {
      kept.push_back(told);
    } else if (told.spent >= kept.back().spent) {
      kept.back() = told;
    }
  }
  return kept;
}

void Tally::wait(TimePoint now) {
  if (current_ == Window{} || now <= last_) return;
  for (Span& span : spans_) {
    if (span.is_forgotten || !is_later(span, now)) continue;
    span.waited += now - last_;
    if (span.waited >= span.window.end - span.window.start) forget(span);
  }
}

void Tally::prune(TimePoint now) {
  drop_first(kPast, [&](const Span& span) { return is_past(span, now); });
  drop_first(kForgotten, [](const Span& span) { return span.is_forgotten; });
  fold_later(now);
}

// Of the spans that `belongs` says, all but the last `kept`.
template <typename Belongs>
void Tally::drop_first(std::size_t kept, Belongs belongs) {
  auto count = static_cast<std::size_t>(std::ranges::count_if(spans_, belongs));
  std::erase_if(spans_, [&](const Span& span) { return belongs(span) && count-- > kept; });
}

// Where there are too many later windows the first goes, and the next takes over what it has spent.
void Tally::fold_later(TimePoint now) {
  const auto later = [&](const Span& span) { return !span.is_forgotten && is_later(span, now); };
  while (std::ranges::count_if(spans_, later) > static_cast<std::ptrdiff_t>(kLater)) {
    const auto first = std::ranges::find_if(spans_, later);
    const auto second = std::find_if(std::next(first), spans_.end(), later);
    second->spent = std::max(second->spent, first->spent);
    spans_.erase(first);
  }
}

}  // namespace quotecached::ledger
