// What the facts say about each subject of alerts at one moment, before it is held against what was
// said already. Pure; part of Alarms.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/alarms.hpp"
#include "alert/alert.hpp"
#include "base/clock.hpp"

namespace quotecached::alert {

struct Observation {
  Alert alert;  // complete but for level, state and bound
  std::optional<AlertLevel> reached;
  std::optional<AlertLevel> kept;  // what holds on if it was raised; empty: it has ended
  std::array<std::optional<double>, kAlertLevels> bounds{};  // empty: it has no such level
  std::int64_t cap = 0;                                      // of the window
  bool is_proven_over = false;             // seen to be over, more than not seen to go on
  std::chrono::milliseconds must_last{0};  // before it is raised
  std::string over_message;                // for the recovery within its window ...
  std::string turn_message;                // ... and when the window has turned
};

// All subjects, but for prices: of these the wrong ones.
[[nodiscard]] std::vector<Observation> observe(const AlarmFacts& facts,
                                               const Alarms::Options& options,
                                               TimePoint now);

// An endpoint whose price is right again.
[[nodiscard]] Observation observe_right_price(std::string_view endpoint, TimePoint now);

}  // namespace quotecached::alert
