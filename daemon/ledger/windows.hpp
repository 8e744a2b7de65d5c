// The spans of time that budgets are counted in, and those in which no upstream call may be made.
//
// Pure. All windows are half-open and in UTC. A window has a start as well as an end so that a
// clock that steps back leaves it: nothing stays closed for longer than its kind lasts.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
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

// What a provider's error code closes.
enum class Closure : std::uint8_t {
  Minute,  // 1008
  Day,     // 1009
  Month,   // 1010
  Key,     // 1001-1005, 1007: the key is refused; 1006 refuses one endpoint only
};
inline constexpr std::size_t kClosures = 4;

[[nodiscard]] std::optional<Closure> closure_of(std::int64_t error_code) noexcept;

// How long a refused key rests before one call may try it, and how long that call has.
inline constexpr std::chrono::minutes kKeyRest{10};
inline constexpr std::chrono::minutes kKeyProbe{1};

// A day or month that is declared spent this soon after it began may be the one before, by the
// provider's clock: it is closed for this long only, and then tried again.
inline constexpr std::chrono::minutes kClockSkew{5};

// The window that is closed when a call made at `now` is refused.
[[nodiscard]] Window closed_window(Closure closure,
                                   TimePoint now,
                                   const Anchor& anchor = {}) noexcept;

}  // namespace quotecached::ledger
