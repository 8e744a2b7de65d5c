// Learns what the hours of a week bring of something: of asks, or of credits for what there is no
// copy of.
//
// Pure: no clock, no I/O. Not thread-safe; owned by the Pacer. What was never seen is taken from
// its like: an hour of the week from that hour of other days, that from the mean of all, and the
// mean, for the first hours, from a prior.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

#include "base/clock.hpp"

namespace quotecached::pacing {

inline constexpr std::size_t kHoursOfWeek = 168;

// Time counts as observed between notes that are no further apart than this ...
inline constexpr std::chrono::minutes kLongestGap{2};
// ... and of less of an hour than this nothing is learned (hours).
inline constexpr double kLeastObserved = 1.0 / 60;

// What an hour of the week brings, as far as it was seen. Starts flat; older weeks count less.
struct Pattern {
  struct Hour {
    double amount = 0;
    double weight = 0;  // observations; 0: never seen

    friend bool operator==(const Hour&, const Hour&) = default;
  };
  std::array<Hour, kHoursOfWeek> hours{};  // 0: Monday 00:00 UTC

  friend bool operator==(const Pattern&, const Pattern&) = default;
};

[[nodiscard]] std::size_t hour_of_week(TimePoint time) noexcept;

class Demand {
 public:
  // What is expected of each hour of the week.
  struct Expected {
    std::array<double, kHoursOfWeek> hours{};
    double deviation = 0;  // of a single hour, relative
    double doubt = 0;      // of all of them together, relative
  };

  // `half_life`: weeks after which an observation counts half.
  explicit Demand(double half_life) noexcept;

  // `amount` more was seen at `now`. Time counts as observed when notes are at most two minutes
  // apart.
  void note(double amount, TimePoint now);

  // `prior`: of an hour, believed until there is something to go by.
  [[nodiscard]] Expected expected(double prior) const;

  // Hours that were observed in all, older weeks counting less.
  [[nodiscard]] double observed() const;

  [[nodiscard]] const Pattern& pattern() const noexcept { return pattern_; }
  void restore(const Pattern& pattern) noexcept { pattern_ = pattern; }

 private:
  // An hour that is going on.
  struct Running {
    std::chrono::sys_time<std::chrono::hours> start{};
    double amount = 0;
    double observed = 0;  // of it, hours
  };
  // What is known without regard to the hour of the week.
  struct Summary {
    std::array<double, 24> hours{};   // of the day
    std::array<double, 24> weight{};  // of these
    double observed = 0;              // hours in all
  };

  [[nodiscard]] Summary summary(double prior) const;
  [[nodiscard]] double typical(std::size_t hour, const Summary& summary) const;
  void close();

  double decay_;  // of weights, per week
  Pattern pattern_;
  Running running_;
  std::optional<TimePoint> last_;
  // The last day or so against the pattern, older hours counting less.
  double seen_ = 0;
  double foretold_ = 0;
  double variance_ = 1;  // of an hour, relative
};

}  // namespace quotecached::pacing
