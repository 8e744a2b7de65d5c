// Moments as text: ISO 8601 in UTC. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace quotecached {

// "2026-11-01T00:00:00Z", or with milliseconds "2026-11-01T00:00:00.250Z". Nothing for any other
// text, and for a day that no calendar has.
[[nodiscard]] std::optional<TimePoint> parse_iso_time(std::string_view text) noexcept;

// "2026-11-01", a full-date of RFC 3339. Nothing for any other text.
[[nodiscard]] std::optional<std::chrono::sys_days> parse_iso_day(std::string_view text) noexcept;

// With milliseconds where there are any.
[[nodiscard]] std::string iso_time(TimePoint time);

}  // namespace quotecached
