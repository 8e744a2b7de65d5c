// Decides which alerts are due: each once per window and level, with a notice when it is over.
//
// Pure: facts and time in, alerts out. Not thread-safe; owned by the Governor. A level that wavers
// around its bound does not flap: it is over only a margin below it, or when its window turns; and
// within one window it is told once. Alerts about no window are told once an hour at most. What is
// not told again is active all the same: active() says how things stand, not what was said.
//
// A subject has one recovery notice, when nothing of it is active any more and it was told: from
// critical down to warning is none. The minute's window raises nothing: it turns before anyone
// could act, and calls wait for it. A share that jumps over both levels raises both, the warning
// first.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alert/alert.hpp"
#include "alert/contradiction.hpp"
#include "alert/outage.hpp"
#include "base/clock.hpp"
#include "ledger/ledger.hpp"
#include "pacing/pacer.hpp"

namespace quotecached::alert {

// What alerts are decided from, as it stands now.
struct AlarmFacts {
  ledger::WindowUses uses{};
  std::array<pacing::Forecast, ledger::kWindowKinds> forecasts{};  // of day and month
  std::array<std::int64_t, ledger::kWindowKinds> drifts{};  // of the last reconciliation, credits
  std::map<std::string, std::int64_t> mispriced;  // endpoints whose price is persistently wrong:
                                                  // credits charged beyond what was foretold
  std::optional<std::int64_t> key_error;          // its code, while the key is refused
  std::string_view key_error_reason;              // of that code; empty: not known
  bool is_key_proven = false;                     // a call since the start was made with it
  std::string ledger_error;                       // empty while it can be written
  std::optional<Outage> outage;                   // until a call is answered
  std::optional<Contradiction> contradiction;     // while answers are not believed
};

struct Observation;  // observation.hpp

class Alarms {
 public:
  struct Options {
    double warning = 0.80;  // shares of a window's cap
    double critical = 0.90;
    double exhausted = 1.00;
    double hysteresis = 0.05;  // a level is over this far below it
    // Drift worth a word: more credits than this, and than this share of the cap.
    std::int64_t drift_credits = 10;
    double drift_share = 0.01;
    std::chrono::milliseconds unreachable_after{std::chrono::minutes(5)};
    // A slip of the provider's is mended by its next answer, and no alert.
    std::chrono::milliseconds doubt_lasts{std::chrono::minutes(2)};
    // A forecast is worth a word when it leaves more than this share of the window without credits,
    // and has said so for a while: saving has begun then, and did not help.
    double forecast_margin = 0.02;
    std::chrono::milliseconds forecast_lasts{std::chrono::minutes(5)};
  };
  // Alerts about no window are not told again sooner.
  static constexpr std::chrono::hours kRepeat{1};
  // What was raised before a restart, and what has not been seen since, is over this long after it.
  static constexpr std::chrono::minutes kUnseen{10};

  explicit Alarms(Options options) : options_(options) {}

  // Other options from here on; what was raised stays raised until it is over by them.
  void change(const Options& options) noexcept { options_ = options; }

  // Alerts and recoveries to be told; none when nothing changed.
  [[nodiscard]] std::vector<Alert> review(const AlarmFacts& facts, TimePoint now);

  // What was raised or recovered before a restart, oldest first, so that it is not said again.
  void restore(const std::vector<Alert>& history, TimePoint now);

  // What holds now, told or not.
  [[nodiscard]] std::vector<Alert> active() const;

 private:
  using Subject = std::pair<AlertKind, std::string>;

  struct Memory {
    std::optional<Alert> active;                // the highest level that holds
    std::optional<TimePoint> until;             // the window that it is about
    std::optional<std::int64_t> cap;            // with this cap
    std::array<bool, kAlertLevels> was_told{};  // in that window
    std::optional<TimePoint> told_at;
    bool is_recovery_due = false;         // told, and not yet that it is over
    bool is_unseen = false;               // since the restart
    std::optional<TimePoint> seen_since;  // uninterrupted
  };

  void decide(const Observation& observation, std::vector<Alert>& due);
  static void forget(Memory& memory, const Observation& observation);
  // What was active and is over, or lower now.
  void lower(Memory& memory, const Observation& observation, std::vector<Alert>& due) const;
  [[nodiscard]] static bool may_tell(const Memory& memory,
                                     const Observation& observation,
                                     AlertLevel level);
  [[nodiscard]] bool may_recover(const Memory& memory,
                                 const Observation& observation,
                                 bool has_turned) const;

  Options options_;
  std::map<Subject, Memory> memories_;
  TimePoint restored_at_;
};

}  // namespace quotecached::alert
