// Which of two copies of one key a tier keeps: the younger one, whoever brings which first.
//
// Daemons that share a tier copy up what they find below it, each at its own pace; without this
// rule the copy of one would replace a younger one that another has just paid for.
#pragma once

#include "cache/entry.hpp"

namespace quotecached::cache {

// May a copy fetched at `offered` take the place of the one fetched at `held`? One that claims to
// come from the future (a clock was set back) must not keep others out.
[[nodiscard]] inline bool may_replace(TimePoint held, TimePoint offered, TimePoint now) noexcept {
  return offered >= held || held > now + kClockTolerance;
}

}  // namespace quotecached::cache
