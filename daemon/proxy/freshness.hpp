// How an entry stands at a moment: the freshness arithmetic, in tiny pure functions.
#pragma once

#include <algorithm>
#include <cstdint>

#include "cache/entry.hpp"
#include "catalog/endpoint.hpp"

namespace quotecached::proxy {

enum class Standing : std::uint8_t {
  Missing,       // there is none, or it may not be shown any more
  StaleIfError,  // may be shown when upstream fails
  Revalidate,    // may be shown at once while it is being renewed
  Fresh,
};

// The end of the time in which a stale entry that is being renewed is shown without waiting.
inline TimePoint revalidate_until(const cache::Entry& entry,
                                  const catalog::Freshness& freshness) noexcept {
  return std::min(entry.stale_until, entry.fresh_until + freshness.stale_while_revalidate);
}

inline Standing standing(const cache::Entry* entry,
                         const catalog::Freshness& freshness,
                         TimePoint now) noexcept {
  if (entry == nullptr || !cache::is_usable(*entry, now)) return Standing::Missing;
  if (cache::is_fresh(*entry, now)) return Standing::Fresh;
  // "No such asset" is believed while fresh, never longer.
  if (entry->is_negative) return Standing::Missing;
  // An entry from the future (a clock was set back) has an unknown age: only better than nothing.
  if (entry->fetched_at > now + cache::kClockTolerance) return Standing::StaleIfError;
  return now < revalidate_until(*entry, freshness) ? Standing::Revalidate : Standing::StaleIfError;
}

// What is left of an entry's freshness; none or less once it is stale. Never more than it was
// given, though a clock that was set back has it end later than that.
inline milliseconds freshness_left(const cache::Entry& entry, TimePoint now) noexcept {
  const milliseconds left = entry.fresh_until - std::max(now, entry.fetched_at);
  return cache::is_fresh(entry, now) ? left : std::min(left, milliseconds(0));
}

// Never negative, whatever the clocks say.
inline std::chrono::seconds age_of(TimePoint fetched_at, TimePoint now) noexcept {
  return std::max(std::chrono::seconds(0),
                  std::chrono::floor<std::chrono::seconds>(now - fetched_at));
}

}  // namespace quotecached::proxy
