// Lengths of time as people write them. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace quotecache::cli {

// "90s", "15m", "2h", "7d": from a second to 31 days. Nothing for any other text.
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text) noexcept;

}  // namespace quotecache::cli
