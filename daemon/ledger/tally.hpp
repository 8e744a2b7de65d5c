// What the windows of one kind have spent, as far as they still matter: the current one, a few that
// are over, and later ones that a clock that stepped back has seen.
//
// Pure. Part of the Ledger. Invariants: a window that the clock comes to has spent no less than
// each known one that ends after it begins, so that no step of the clock gives anything back; what
// is spent counts in every known window that has not ended, and in one that had ended when the
// clock comes back to it: the clock may have been ahead. Only a few windows are kept.
//
// A later window is forgotten when as much time as it lasts has passed since the step back: then
// it is over, whatever the clock says. Forgotten windows are still told by kept(), with nothing
// spent, so that their rows do not come back after a restart.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/clock.hpp"
#include "ledger/windows.hpp"

namespace quotecached::ledger {

class Tally {
 public:
  // Windows that are over and still known: a clock that steps back finds them.
  static constexpr std::size_t kPast = 4;
  static constexpr std::size_t kLater = 4;
  static constexpr std::size_t kForgotten = 4;
  // For so long what a window that is over has spent is told by kept().
  static constexpr std::chrono::hours kToldPast{1};
  // A lost call counts in windows that began less than this after it was started.
  static constexpr std::chrono::hours kLongestCall{1};

  struct Span {
    Window window;
    std::int64_t spent = 0;
    std::int64_t missed = 0;  // spent since it was over
    milliseconds waited{0};   // while it was later than the clock
    bool is_forgotten = false;
  };

  // Of a window known from before a restart. In any order, before enter().
  void restore(const Window& window, std::int64_t spent, TimePoint now);

  // The clock says `now`, which `window` contains. To be called before all below. The first time,
  // windows known from before a restart that have begun and end otherwise than now are forgotten,
  // as by realign().
  void enter(const Window& window, TimePoint now);
  // The same, after windows came to end otherwise: those that do not fit are forgotten.
  void realign(const Window& window, TimePoint now);

  // Of the window that was entered.
  [[nodiscard]] const Window& window() const noexcept { return current_; }
  [[nodiscard]] std::int64_t spent() const noexcept;

  // Spent by a call that was started at `started`.
  void spend(std::int64_t amount, TimePoint started, TimePoint now);
  // By one of which it is not known how long it ran. `started_in`: the window of `started`.
  void spend_lost(std::int64_t amount, const Window& started_in, TimePoint started, TimePoint now);
  // `theirs` was spent in the window that was entered; of `recent` it is not known whether the
  // count includes it.
  void correct(std::int64_t theirs, std::int64_t recent, TimePoint now);

  // What must be kept for a restart; of windows that are over with what they have missed.
  [[nodiscard]] std::vector<Span> kept(TimePoint now) const;

 private:
  [[nodiscard]] Span& at(const Window& window);
  // The most that a known window other than `span` has spent which ends after it begins.
  [[nodiscard]] std::int64_t most_beside(const Span& span) const;
  void forget_misfits(TimePoint until);
  void wait(TimePoint now);
  void prune(TimePoint now);
  template <typename Belongs>
  void drop_first(std::size_t kept, Belongs belongs);
  void fold_later(TimePoint now);

  std::vector<Span> spans_;  // by start, then end
  Window current_{};         // empty before the first enter()
  TimePoint last_;           // the clock then
};

}  // namespace quotecached::ledger
