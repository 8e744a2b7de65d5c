// What a provider tells of an account: the plan's limits, what is used, and when it resets.
//
// Every figure may be absent; one that cannot be is taken for absent, since a limit misread is
// worse than one not known.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.hpp"

namespace quotecached::provider {

// No figure is negative.
struct KeyInfo {
  std::optional<std::int64_t> requests_per_minute;  // limits; 0 is told where there is none
  std::optional<std::int64_t> credits_per_day;
  std::optional<std::int64_t> credits_per_month;
  std::optional<TimePoint> day_resets_at;
  std::optional<TimePoint> month_resets_at;
  std::optional<std::int64_t> requests_this_minute;  // used
  std::optional<std::int64_t> credits_today;
  std::optional<std::int64_t> credits_this_month;
};

}  // namespace quotecached::provider
