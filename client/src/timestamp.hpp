// Reads the daemon's timestamps. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "quotecache/time.hpp"

namespace quotecache {

// "2026-11-21T10:00:00Z", fractions of a second allowed; nothing for any other text.
[[nodiscard]] std::optional<TimePoint> parse_timestamp(std::string_view text) noexcept;

}  // namespace quotecache
