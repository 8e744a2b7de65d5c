// The true time, and what the daemon's clock shows at it: the same but for the jumps it was given.
//
// Pure. True time is counted from the start of a run; the daemon's clock from where it stood then.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

namespace quotecached::model {

using std::chrono::milliseconds;

class Timeline {
 public:
  // The least and the most that the daemon's clock may have shown.
  struct Span {
    milliseconds earliest{0};
    milliseconds latest{0};
  };

  // From `at` on the clock is moved by `by`. Requires: not before an earlier jump.
  void jump(milliseconds at, milliseconds by) { jumps_.push_back({at, offset() + by}); }
  // A restart: the clock is the system's again.
  void reset(milliseconds at) { jumps_.push_back({at, milliseconds(0)}); }

  [[nodiscard]] milliseconds offset() const {
    return jumps_.empty() ? milliseconds(0) : jumps_.back().offset;
  }

  // Requires: no jump within what happened at `at`.
  [[nodiscard]] milliseconds clock_at(milliseconds at) const { return span_at(at, at).latest; }
  // When the daemon began what reached the upstream at `at`: a little before, so perhaps before a
  // jump.
  [[nodiscard]] Span clock_when_asked(milliseconds at) const { return span_at(at - kOnTheWay, at); }

 private:
  struct Jump {
    milliseconds at;
    milliseconds offset;
  };
  static constexpr milliseconds kOnTheWay{250};

  [[nodiscard]] Span span_at(milliseconds from, milliseconds to) const {
    milliseconds least = offset_at(from);
    milliseconds most = least;
    for (const Jump& jump : jumps_) {
      if (jump.at < from || jump.at > to) continue;
      least = std::min(least, jump.offset);
      most = std::max(most, jump.offset);
    }
    return {to + least, to + most};
  }
  [[nodiscard]] milliseconds offset_at(milliseconds at) const {
    milliseconds offset{0};
    for (const Jump& jump : jumps_) {
      if (jump.at <= at) offset = jump.offset;
    }
    return offset;
  }

  std::vector<Jump> jumps_;
};

}  // namespace quotecached::model
