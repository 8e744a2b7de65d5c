// The spans of time that budgets are counted in.
//
// Pure. All windows are half-open and in UTC. A window has a start as well as an end so that a
// clock that steps back leaves it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/clock.hpp"

namespace quotecached::ledger {

struct Window {
  TimePoint start;
  TimePoint end;

  friend bool operator==(const Window&, const Window&) = default;
};

[[nodiscard]] constexpr bool contains(const Window& window, TimePoint time) noexcept {
  return window.start <= time && time < window.end;
}

// The windows that budgets are counted in.
enum class WindowKind : std::uint8_t {
  Minute,  // of requests, UTC
  Day,     // of credits
  Month,   // of credits
};
inline constexpr std::size_t kWindowKinds = 3;
[[nodiscard]] constexpr std::size_t index_of(WindowKind kind) noexcept {
  return static_cast<std::size_t>(kind);
}
[[nodiscard]] std::string_view to_string(WindowKind kind) noexcept;

// When days and months of an account begin (the provider's "billing anchor"): the month on `day` at
// `time` after midnight, or on its last day when it has no such day; days at `time`. The default is
// the calendar's in UTC.
struct Anchor {
  unsigned day = 1;      // 1..31
  milliseconds time{0};  // below 24 h

  friend bool operator==(const Anchor&, const Anchor&) = default;
};

// The minute, day and month that `time` is in.
[[nodiscard]] Window minute_of(TimePoint time) noexcept;
[[nodiscard]] Window day_of(TimePoint time, const Anchor& anchor = {}) noexcept;
[[nodiscard]] Window month_of(TimePoint time, const Anchor& anchor = {}) noexcept;
[[nodiscard]] Window window_of(WindowKind kind, TimePoint time, const Anchor& anchor) noexcept;

}  // namespace quotecached::ledger
