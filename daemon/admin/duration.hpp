// Durations as operators spell them. Pure.
#pragma once

#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace quotecached::admin {

// "61s", "500ms", "2m", "1h", "1d". Fails with Invalid; never negative, at most 10 years.
[[nodiscard]] Result<milliseconds> parse_duration(std::string_view text);

}  // namespace quotecached::admin
