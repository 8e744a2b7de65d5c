// Paces spending toward the end of a window: learns what each hour of the week asks for, foretells
// when the budget is spent, and says how far freshness must be stretched to make it last.
//
// Pure: no clock, no I/O. Not thread-safe; owned by the Governor. How it decides: docs/pacing.md.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "base/types.hpp"
#include "ledger/ledger.hpp"
#include "pacing/demand.hpp"

namespace quotecached::pacing {

// When a window's cap will be reached; empty: not before it ends. `now`, when it is spent already.
struct Forecast {
  std::optional<TimePoint> exhausted_at;
  std::optional<TimePoint> earliest;  // of the band that eight in ten cases fall in
  std::optional<TimePoint> latest;
  double spent_at_end = 0;  // expected, were there no cap
};

class Pacer {
 public:
  struct Options {
    double max_stretch = 10;       // freshness is stretched by 1 .. this
    double safety = 0.02;          // share of what is left that pacing leaves for the unforeseen
    double pattern_half_life = 4;  // weeks after which an observation counts half
  };

  explicit Pacer(Options options);

  // `charged` was spent at `now` while freshness was stretched by `stretch`. Call it also with 0
  // credits about once a minute: time without spending is an observation too. Not to be called
  // while the spend mode refuses refreshes: what was not paid says nothing of demand.
  void note(Credits charged, double stretch, TimePoint now);

  // The factor by which freshness must be stretched from now on so that day and month last: 1 when
  // they do anyway, never above max_stretch. Above 1 a window runs out unless freshness is
  // stretched. The same for all hours: what a credit must buy should not depend on the hour.
  [[nodiscard]] double stretch(const ledger::WindowUses& uses, TimePoint now) const;

  // `stretch`: what is kept from now on, 1 while freshness is not stretched. A window without a cap
  // is never exhausted.
  [[nodiscard]] Forecast forecast(const ledger::WindowUse& use,
                                  double stretch,
                                  TimePoint now) const;

  [[nodiscard]] const Pattern& pattern() const noexcept { return demand_.pattern(); }
  void restore(const Pattern& pattern) noexcept { demand_.restore(pattern); }

 private:
  Options options_;
  Demand demand_;
};

}  // namespace quotecached::pacing
