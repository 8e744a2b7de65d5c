// Spend modes: what may be paid for while a budget runs short. Pure.
//
// What each mode does stands in rules_of() and nowhere else; docs/credits.md shows the same table.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "ledger/ledger.hpp"

namespace quotecached::pacing {

enum class SpendMode : std::uint8_t { Normal, Economise, ForegroundOnly, CacheOnly };
inline constexpr std::size_t kSpendModes = 4;
[[nodiscard]] std::string_view to_string(SpendMode mode) noexcept;  // "normal", "economise", ...
[[nodiscard]] std::optional<SpendMode> parse_spend_mode(std::string_view word) noexcept;

// Which stale copies that somebody asks for are refreshed.
enum class Refreshes : std::uint8_t {
  All,
  Worthwhile,  // those that are worth the price of a credit
  None,
};

struct SpendRules {
  bool misses = true;  // things of which there is no copy
  Refreshes refreshes = Refreshes::All;
  bool ahead = true;   // warming and refresh-ahead, as far as they are worth their price
  bool saves = false;  // credits have a price, and freshness is stretched accordingly

  friend bool operator==(const SpendRules&, const SpendRules&) = default;
};
[[nodiscard]] SpendRules rules_of(SpendMode mode) noexcept;
[[nodiscard]] bool may_pay(const SpendRules& rules, ledger::Purpose purpose) noexcept;

class ModeChooser {
 public:
  struct Options {
    // Shares of a cap at which the modes after Normal begin, ascending.
    std::array<double, 3> thresholds{0.80, 0.90, 1.00};
    // A threshold below 1 that is passed no sooner than time itself passes is no reason to save:
    // it counts only while the share of credits left is below this part of the share of time left.
    double pace_tolerance = 0.75;
    // The same of ForegroundOnly: what is left late in a window is for its last, often calm hours,
    // and the price of a credit sees to that. Only far below the pace nothing is renewed.
    double foreground_tolerance = 0.25;
    // A mode is left when the share falls this far below its threshold ...
    double hysteresis = 0.02;
    // ... or when the share left is above this much more of the share of time left.
    double pace_hysteresis = 0.10;
    // Economise for want of pace is kept this long after the last moment that asked for it.
    std::chrono::minutes linger{30};
  };
  struct Choice {
    SpendMode mode = SpendMode::Normal;
    std::optional<ledger::WindowKind> because_of;  // empty: nothing runs short
  };

  explicit ModeChooser(Options options) : options_(options) {}

  // Other options from here on; what is remembered stays.
  void change(const Options& options) noexcept { options_ = options; }

  // The mode that day and month ask for (the minute's requests wait their turn instead, see
  // Ledger). A window that turned is judged anew. `is_running_out`: without a price a
  // window is spent before it ends (Pacer::price() above 0); then at least Economise.
  Choice choose(const ledger::WindowUses& uses, bool is_running_out, TimePoint now);

 private:
  // What a window asked for when it was last looked at.
  struct Last {
    ledger::Window window;
    SpendMode mode = SpendMode::Normal;
  };

  [[nodiscard]] SpendMode mode_of(const ledger::WindowUse& use,
                                  SpendMode before,
                                  TimePoint now) const;
  bool runs_out(bool is_running_out, TimePoint now);
  [[nodiscard]] std::optional<ledger::WindowKind> scarcest(const ledger::WindowUses& uses,
                                                           TimePoint now) const;

  Options options_;
  std::array<Last, ledger::kWindowKinds> lasts_{};  // by WindowKind
  std::optional<TimePoint> ran_out_at_;             // the last moment of `is_running_out`
};

}  // namespace quotecached::pacing
