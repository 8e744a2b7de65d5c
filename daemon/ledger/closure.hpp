// What a provider can close, and for how long no upstream call may be made then.
//
// Pure. A closed window has a start as well as an end, so that after a clock that steps back
// nothing stays closed for longer than its kind lasts. Which answers close what is for the
// provider's dialect to say (provider/).
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.hpp"
#include "ledger/windows.hpp"

namespace quotecached::ledger {

enum class Closure : std::uint8_t {
  Minute,  // the account's requests of this minute are spent
  Day,     // its credits of this day
  Month,   // of this month
  Key,     // the key is refused
};
inline constexpr std::size_t kClosures = 4;
[[nodiscard]] constexpr std::size_t index_of(Closure closure) noexcept {
  return static_cast<std::size_t>(closure);
}

// The closure of a window that is spent.
[[nodiscard]] Closure closure_of(WindowKind kind) noexcept;

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

// No closure of this kind lasts longer, from whenever it is seen; a window that ends later is one
// of a clock that was set back.
[[nodiscard]] std::chrono::seconds longest(Closure closure) noexcept;

}  // namespace quotecached::ledger
