#include "credit/closures.hpp"

#include <cassert>

namespace quotecached::credit {
namespace {

constexpr std::size_t index(ledger::Closure closure) { return static_cast<std::size_t>(closure); }

}  // namespace

std::optional<Closed> Closures::closed(ledger::Closure closure, TimePoint now) const {
  const auto& shut = shut_[index(closure)];
  if (!shut || !contains(shut->window, now)) return std::nullopt;
  return Closed{shut->window.end, shut->error_code, closure};
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
  const auto& shut = shut_[index(ledger::Closure::Key)];
  return shut ? std::optional(shut->error_code) : std::nullopt;
}

void Closures::admitted(std::uint64_t ticket, TimePoint now) {
  assert(ticket > last_ticket_);
  if (auto& key = shut_[index(ledger::Closure::Key)]) {
    key->window = {now, now + ledger::kKeyProbe};
    key->since = last_ticket_;
  }
  last_ticket_ = ticket;
}

Closures::News Closures::note(std::uint64_t ticket,
                              TimePoint started,
                              const CallOutcome& outcome,
                              TimePoint now) {
  if (const auto closure = outcome.closes) {
    // By when the call was started: a refusal that comes in after midnight is about the day before.
    const TimePoint at = *closure == ledger::Closure::Key ? now : started;
    auto& shut = shut_[index(*closure)];
    const bool is_news = !shut || !contains(shut->window, at);
    shut = Shut{ledger::closed_window(*closure, at, anchor_), outcome.error_code, last_ticket_};
    return is_news ? News::Closed : News::None;
  }
  auto& key = shut_[index(ledger::Closure::Key)];
  if (!key || ticket <= key->since || !outcome.accepts_key) return News::None;
  key.reset();
  return News::KeyAccepted;
}

}  // namespace quotecached::credit
