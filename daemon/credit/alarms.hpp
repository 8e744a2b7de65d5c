// Decides which alerts are due: each once per window and level, with a notice when it is over.
//
// Pure: facts and time in, alerts out. Not thread-safe; owned by the Governor. A level that wavers
// around its bound does not flap: it is over only a margin below it, or when its window turns; and
// within one window it is raised once.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "credit/alert.hpp"
#include "credit/ledger.hpp"
#include "credit/pacer.hpp"

namespace quotecached::credit {

// What alerts are decided from, as it stands now.
struct AlarmFacts {
  WindowUses uses{};
  std::array<Forecast, kWindowKinds> forecasts{};   // of day and month
  std::array<std::int64_t, kWindowKinds> drifts{};  // of the last reconciliation, credits
  std::map<std::string, std::int64_t> mispriced;    // endpoints whose price is persistently wrong:
                                                    // credits charged beyond what was foretold
  std::optional<std::int64_t> key_error;            // 1001..1007 while the key is refused
  std::string ledger_error;                         // empty while it can be written
  std::optional<TimePoint> unreachable_since;       // no call answered since
};

class Alarms {
 public:
  struct Options {
    double warning = 0.80;  // shares of a window's cap
    double critical = 0.90;
    double hysteresis = 0.05;  // a level is over this far below it
    // Drift worth a word: more credits than this, and than this share of the cap.
    std::int64_t drift_credits = 10;
    double drift_share = 0.01;
    std::chrono::minutes unreachable_after{5};
  };

  explicit Alarms(Options options) : options_(options) {}

  // Alerts raised or recovered by the facts; none when nothing changed.
  [[nodiscard]] std::vector<Alert> review(const AlarmFacts& facts, TimePoint now);

  // What was raised or recovered before a restart, oldest first, so that it is not said again.
  void restore(const std::vector<Alert>& history, TimePoint now);

  // What is raised and not over.
  [[nodiscard]] std::vector<Alert> active() const;

 private:
  // (private part: as the implementation needs)
  Options options_;
};

}  // namespace quotecached::credit
