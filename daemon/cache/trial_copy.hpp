// What is written to a tier to see whether it works. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/hash.hpp"
#include "cache/entry.hpp"

namespace quotecached::cache {

// No key of a copy begins so.
inline constexpr std::string_view kTrialKeys = "qc1#trial:";

inline constexpr std::string_view kTrialText = "\"a trial\"";

// One that is left behind, since it could not be removed, is gone by then.
inline constexpr std::chrono::seconds kTrialLife{60};

[[nodiscard]] inline EntryPtr trial_copy(TimePoint now) {
  Entry entry;
  entry.fragment.text = kTrialText;
  entry.fetched_at = now;
  entry.fresh_until = now + kTrialLife;
  entry.stale_until = now + kTrialLife;
  entry.content_hash = hash64(kTrialText);
  return std::make_shared<const Entry>(std::move(entry));
}

}  // namespace quotecached::cache
