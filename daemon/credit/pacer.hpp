// Paces spending toward the end of a window: learns what each hour of the week asks for, foretells
// when the budget is spent, and says how far freshness must be stretched to make it last.
//
// Pure: no clock, no I/O. Not thread-safe; owned by the Governor.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "base/types.hpp"
#include "credit/ledger.hpp"

namespace quotecached::credit {

inline constexpr std::size_t kHoursOfWeek = 168;

// What an hour of the week would cost with freshness not stretched, as far as it was seen. Starts
// flat; older weeks count less.
struct Pattern {
  struct Hour {
    double demand = 0;  // credits
    double weight = 0;  // observations; 0: never seen
  };
  std::array<Hour, kHoursOfWeek> hours{};  // 0: Monday 00:00 UTC
};

// When a window's cap will be reached; empty: not before it ends.
struct Forecast {
  std::optional<TimePoint> exhausted_at;
  std::optional<TimePoint> earliest;  // of the band that eight in ten cases fall in
  std::optional<TimePoint> latest;
  double spent_at_end = 0;  // expected, were there no cap
};

class Pacer {
 public:
  struct Options {
    double max_stretch = 10;  // freshness is stretched by 1 .. this
    double safety = 0.02;     // share of the cap that pacing leaves for what it did not foresee
    double pattern_half_life = 4;  // weeks after which an observation counts half
  };

  explicit Pacer(Options options) : options_(options) {}

  // `charged` was spent at `now` while freshness was stretched by `stretch`. Call it also with 0
  // credits from time to time: hours without spending are observations too.
  void note(Credits charged, double stretch, TimePoint now);

  // `stretch`: as it is now. A window without a cap is never exhausted.
  [[nodiscard]] Forecast forecast(const WindowUse& use, double stretch, TimePoint now) const;

  // The factor by which freshness must be stretched from now on so that day and month last: 1 when
  // they do anyway, never above max_stretch. Less in hours that are asked for much, more in idle
  // ones: a credit then buys freshness for more readers.
  [[nodiscard]] double stretch(const WindowUses& uses, TimePoint now) const;

  [[nodiscard]] const Pattern& pattern() const noexcept { return pattern_; }
  void restore(const Pattern& pattern) noexcept { pattern_ = pattern; }

 private:
  // (private part: as the implementation needs)
  Options options_;
  Pattern pattern_;
};

}  // namespace quotecached::credit
