#include "credit/closures.hpp"

#include <algorithm>
#include <cassert>

namespace quotecached::credit {
std::optional<Closed> Closures::closed(ledger::Closure closure, TimePoint now) const {
  const auto& closed = windows_[index_of(closure)];
  if (!closed || !contains(closed->window, now)) return std::nullopt;
  return Closed{closed->window.end, closed->error_code, closure};
}

std::optional<Closed> Closures::closed(TimePoint now) const {
  std::optional<Closed> last;
  for (std::size_t i = 0; i < ledger::kClosures; ++i) {
    const auto one = closed(static_cast<ledger::Closure>(i), now);
    if (one && (!last || last->until < one->until)) last = one;
  }
  return last;
}

std::optional<std::int64_t> Closures::key_error() const {
  const auto& closed = windows_[index_of(ledger::Closure::Key)];
  return closed ? std::optional(closed->error_code) : std::nullopt;
}

void Closures::admitted(std::uint64_t ticket, TimePoint now, Trial trial) {
  assert(ticket > last_ticket_);
  auto& key = windows_[index_of(ledger::Closure::Key)];
  if (key && trial == Trial::Yes) {
    key->window = {now, now + ledger::kKeyProbe};
    key->since = last_ticket_;
  }
  last_ticket_ = ticket;
}

Closures::Change Closures::note(std::uint64_t ticket,
                                TimePoint started,
                                const CallOutcome& outcome,
                                TimePoint now) {
  if (const auto closure = outcome.closes) {
    // By when the call was started: a refusal that comes in after midnight is about the day before.
    const bool is_key = *closure == ledger::Closure::Key;
    if (is_key) is_key_proven_ = false;
    const TimePoint at = is_key ? now : started;
    auto& closed = windows_[index_of(*closure)];
    const bool is_news = !closed || !contains(closed->window, at);
    auto window = ledger::closed_window(*closure, at, anchor_);
    // A minute of the provider's may end later than ours. No more is believed than that.
    if (*closure == ledger::Closure::Minute) {
      const auto wait = std::min(outcome.retry_after, ledger::longest(*closure));
      window.end = std::max(window.end, now + wait);
    }
    closed = ClosedWindow{window, outcome.error_code, last_ticket_};
    return is_news ? Change::Closed : Change::None;
  }
  auto& key = windows_[index_of(ledger::Closure::Key)];
  if (!outcome.accepts_key || (key && ticket <= key->since)) return Change::None;
  is_key_proven_ = true;
  if (!key) return Change::None;
  key.reset();
  return Change::KeyAccepted;
}

}  // namespace quotecached::credit
