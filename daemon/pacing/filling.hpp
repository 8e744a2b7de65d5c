// What an empty cache costs while it fills: credits for what there was no copy of yet.
//
// Each hour needs fewer of them, about in inverse proportion to the time since the start. Were the
// first hours taken for a rule, a month would be paced as if its cache never filled. So for
// six hours after a start with nothing learned they are foretold to fade, and are no part of the
// pattern. (For a day is too long: what is lacking for good is foretold too late.)
// Pure. Owned by the Pacer.
#pragma once

namespace quotecached::pacing {

class Filling {
 public:
  // So many credits in so many hours since the note before.
  void note(double credits, double hours) noexcept;
  // It was filled before: there is a pattern.
  void end() noexcept { hours_ = kLongest; }
  [[nodiscard]] bool is_over() const noexcept { return hours_ >= kLongest; }

  // Credits from so many hours ahead to so many.
  [[nodiscard]] double expected(double from, double to) const noexcept;
  // Credits an hour, of late.
  [[nodiscard]] double rate() const noexcept { return rate_; }

 private:
  static constexpr double kLongest = 6;  // hours

  double hours_ = 0;  // since the start
  double rate_ = 0;
};

}  // namespace quotecached::pacing
