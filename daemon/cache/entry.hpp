// An entry: a fragment (or a whole answer) with its times. Immutable and shared once made.
//
// Ages are counted from when the upstream was asked (`fetched_at`), whatever tier the entry comes
// back from; copying an entry never changes its times.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/fragment.hpp"

namespace quotecached::cache {

struct Entry {
  Fragment fragment;     // empty text for a negative entry
  TimePoint fetched_at;  // when the upstream call that brought it was started
  TimePoint data_at{};  // what it says it is of; 1970: not known, as of what came from a lower tier
  TimePoint fresh_until;
  TimePoint stale_until;           // nobody may get it after this
  std::uint64_t content_hash = 0;  // of the text; ETags are made of it
  bool is_negative = false;        // upstream says there is no such asset
  // Of what a symbol or slug leads to: the hashes (hash64) of the keys by id that it is made of, in
  // its order, so that who counts asks counts them for those. Not stored in the tiers.
  std::vector<std::uint64_t> origins;
};

using EntryPtr = std::shared_ptr<const Entry>;

struct Item {
  std::string key;
  EntryPtr entry;
};

// How far ahead of our clock an entry's fetched_at may lie before it is distrusted (clocks of
// several daemons on one Redis differ a little).
inline constexpr milliseconds kClockTolerance{2000};

[[nodiscard]] inline bool is_fresh(const Entry& entry, TimePoint now) noexcept {
  return now < entry.fresh_until && entry.fetched_at <= now + kClockTolerance;
}
[[nodiscard]] inline bool is_usable(const Entry& entry, TimePoint now) noexcept {
  return now < entry.stale_until;
}

}  // namespace quotecached::cache
