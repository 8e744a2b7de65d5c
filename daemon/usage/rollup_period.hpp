// The spans of time that usage is summed over, in UTC. Pure.
#pragma once

#include <cstdint>

#include "base/clock.hpp"

namespace quotecached::usage {

enum class Period : std::uint8_t { Minute, Hour, Day, Month };

// The start of the minute, hour, day or month that `time` is in.
[[nodiscard]] TimePoint start_of(Period period, TimePoint time) noexcept;

// The minute that usage counted from `last` to `now` belongs to: that of the middle, but no more
// than half a minute back, since a longer span says nothing of when in it something happened. So a
// flush shortly after a minute's end still counts for that minute.
[[nodiscard]] TimePoint minute_between(TimePoint last, TimePoint now) noexcept;

}  // namespace quotecached::usage
