// How long a tier may hold an entry.
#pragma once

#include <algorithm>
#include <chrono>

#include "cache/entry.hpp"

namespace quotecached::cache {

// What is left at `now` of the time a tier with this cap may hold `entry`; none or less: it may
// not. The cap counts from fetched_at, so that no copy is ever younger than what it was copied
// from.
[[nodiscard]] inline milliseconds time_to_hold(const Entry& entry,
                                               milliseconds cap,
                                               TimePoint now) noexcept {
  const TimePoint fetched_at = std::min(entry.fetched_at, now);
  return std::min(entry.stale_until, fetched_at + cap) - now;
}

}  // namespace quotecached::cache
