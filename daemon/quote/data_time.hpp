// When the data in an answer is of, by its own word.
//
// Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace quotecached::quote {

// The youngest time that stands under `field` in the text, as far as it lies on a whole second and
// is written as `"2026-11-01T12:34:00.000Z"`: a coin that was never priced is stamped with the
// moment it was asked for. One after `latest` cannot be. Empty when there is none.
[[nodiscard]] std::optional<TimePoint> youngest_time(std::string_view text,
                                                     std::string_view field,
                                                     TimePoint latest);

}  // namespace quotecached::quote
