#include "ledger/recent_charges.hpp"

#include <algorithm>

namespace quotecached::ledger {

void RecentCharges::note(Credits charged, TimePoint at, TimePoint now) {
  follow(now);
  const TimePoint second = std::chrono::floor<std::chrono::seconds>(at);
  auto place = std::ranges::lower_bound(entries_, second, {}, &Entry::second);
  if (place == entries_.end() || place->second != second)
    place = entries_.insert(place, Entry{second, {}});
  place->sum.credits += charged;
  ++place->sum.requests;
}

std::optional<RecentCharges::Sum> RecentCharges::since(TimePoint time, TimePoint now) {
  follow(now);
  if (time < now - kRemembered) return std::nullopt;
  const TimePoint first = std::chrono::floor<std::chrono::seconds>(time);
  Sum sum;
  for (const Entry& entry : entries_) {
    if (entry.second < first) continue;
    sum.credits += entry.sum.credits;
    sum.requests += entry.sum.requests;
  }
  return sum;
}

void RecentCharges::follow(TimePoint now) {
  const TimePoint second = std::chrono::floor<std::chrono::seconds>(now);
  Sum later;
  while (!entries_.empty() && entries_.back().second >= second) {
    later.credits += entries_.back().sum.credits;
    later.requests += entries_.back().sum.requests;
    entries_.pop_back();
  }
  if (later.requests > 0) entries_.push_back({second, later});
  const TimePoint oldest = second - kRemembered - std::chrono::seconds(1);
  while (!entries_.empty() && entries_.front().second < oldest) entries_.pop_front();
}

}  // namespace quotecached::ledger
