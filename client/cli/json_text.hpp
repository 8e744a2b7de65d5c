// Pieces of JSON for documents that the command makes itself. Pure.
//
// The daemon quotes texts too (base/json_text.hpp): the client shares nothing with it, and escapes
// what a terminal would obey as well.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "quotecache/time.hpp"

namespace quotecache::cli {

// A text of JSON, in which nothing moves the cursor of a terminal either.
[[nodiscard]] std::string in_quotes(std::string_view text);

// "2026-11-29T10:00:41.120Z": ISO 8601 with milliseconds.
[[nodiscard]] std::string stamp_text(TimePoint time);

// A time in quotes, or null.
[[nodiscard]] std::string time_json(const std::optional<TimePoint>& time);

}  // namespace quotecache::cli
