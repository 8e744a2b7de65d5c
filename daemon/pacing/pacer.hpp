// Paces spending toward the end of a window: learns what each hour of the week asks for, finds the
// price of a credit at which spending until then comes to what is left, and foretells when the
// budget is spent.
//
// Pure: no clock, no I/O. Not thread-safe; owned by the Governor. How it decides: docs/pacing.md.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/types.hpp"
#include "ledger/ledger.hpp"
#include "pacing/age.hpp"
#include "pacing/demand.hpp"
#include "pacing/filling.hpp"
#include "pacing/renewal_cost.hpp"

namespace quotecached::pacing {

// When a window's cap will be reached; empty: not before it ends. `now`, when it is spent already.
struct Forecast {
  std::optional<TimePoint> exhausted_at;
  std::optional<TimePoint> earliest;  // of the band that eight in ten cases fall in
  std::optional<TimePoint> latest;
  double spent_at_end = 0;  // expected, were there no cap
};

// What happened since the last observation.
struct Spending {
  double asks = 0;     // of clients, for one key each
  Credits foreground;  // for what there was no copy of, which is paid at any price
  Credits renewals;    // of copies
  bool renews = true;  // these were allowed, at `price`
  Age price{0};
};

// What clients asked for since it was asked last, and how it divides among lanes.
struct Asked {
  double asks = 0;
  std::vector<LaneDemand> lanes;
};

// What was learned, to be kept over a restart.
struct PacerMemory {
  Pattern asks;
  Pattern foreground;

  friend bool operator==(const PacerMemory&, const PacerMemory&) = default;
};

class Pacer {
 public:
  struct Options {
    double max_stretch = 10;       // freshness is stretched by 1 .. this
    double safety = 0.02;          // share of what is left that pacing leaves for the unforeseen
    double pattern_half_life = 4;  // weeks after which an observation counts half
  };

  explicit Pacer(Options options);

  // To be called about once a minute, also when nothing happened.
  void note(const Spending& spending, TimePoint now);

  // How the asks divide among lanes. Without any they are taken for those of one lane.
  void set_lanes(std::vector<LaneDemand> lanes);

  // The price of a credit from now on, so that day and month last: the age that it must save to be
  // spent on a renewal. 0 when they last anyway, kMostPrice when nothing is left.
  [[nodiscard]] Age price(const ledger::WindowUses& uses, TimePoint now) const;
  static constexpr Age kMostPrice{1e9};

  // `price`: what is kept from now on. A window without a cap is never exhausted.
  [[nodiscard]] Forecast forecast(const ledger::WindowUse& use, Age price, TimePoint now) const;

  // The factor by which freshness may be stretched at `price` with hardly any loss, from 1 to
  // max_stretch: a third of the time in which the most asked lane comes to owe the price. Until
  // then its copies are as good as fresh, and are served without a thought.
  [[nodiscard]] double stretch(Age price, TimePoint now) const;

  // Hours that were observed, older weeks counting less.
  [[nodiscard]] double observed() const { return asks_.observed(); }

  [[nodiscard]] PacerMemory memory() const { return {asks_.pattern(), foreground_.pattern()}; }
  void restore(const PacerMemory& memory);

 private:
  // An hour that is going on, to hold the cost against what was foretold.
  struct Hour {
    std::chrono::sys_time<std::chrono::hours> start{};
    double asks = 0;
    double credits = 0;
    double prices = 0;    // summed up, weighted by hours
    double observed = 0;  // of it, hours
  };

  void close_hour();
  // Credits that an hour of `asks` is expected to cost.
  [[nodiscard]] double renewals(double asks, Age price) const;
  [[nodiscard]] Age price_of(const ledger::WindowUse& use, TimePoint now) const;

  Options options_;
  Demand asks_;
  Demand foreground_;
  Filling filling_;
  std::vector<LaneDemand> lanes_;
  Hour hour_;
  std::optional<TimePoint> last_;
  // What renewals cost against what they should have by the model, older hours counting less.
  double spent_ = 0;
  double foretold_ = 0;
};

}  // namespace quotecached::pacing
