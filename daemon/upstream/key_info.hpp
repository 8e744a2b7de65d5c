// Reads what /v1/key/info tells of the key: the plan's limits, what is used, and when it resets.
//
// Pure. Every figure may be absent; one that cannot be is taken for absent, since a limit misread
// is worse than one not known. The plan's name is not told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace quotecached::upstream {

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

// `body` may grow in capacity (the parser reads a few bytes past the end), never in size. Fails
// with Invalid when it is no whole JSON object with `data` inside.
Result<KeyInfo> read_key_info(std::string& body);

// "2026-12-01T00:00:00.000Z", with or without a fraction. Empty for anything else.
std::optional<TimePoint> read_timestamp(std::string_view text) noexcept;

}  // namespace quotecached::upstream
