// Points in time as the daemon tells them: in UTC, counted by the system clock.
#pragma once

#include <chrono>
#include <string>

#include "quotecache/export.hpp"

namespace quotecache {

using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

// "2026-11-21T10:00:00Z"; fractions of a second are left out.
[[nodiscard]] QUOTECACHE_API std::string to_iso8601(TimePoint time);

}  // namespace quotecache
