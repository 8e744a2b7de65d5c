// Gathers what is known of the daemon's parts for the checks of health: asks nobody that could make
// it wait. On the engine's loop.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "app/health_look.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/types.hpp"
#include "health/clock_watch.hpp"
#include "health/facts.hpp"

namespace quotecached::app {

struct Parts;

using Moment = std::chrono::steady_clock::time_point;

// The last trial of a tier that has ended.
struct TrialSeen {
  TimePoint at;
  Moment ended;
  milliseconds took{0};
  std::string error;  // empty: it went well
};

// The last look at the disk that has ended.
struct DiskSeen {
  TimePoint at;
  Moment ended;
  Result<DiskRoom> room;
};

// What the watch has found by itself.
struct Watched {
  std::vector<std::optional<TrialSeen>> trials;  // memory first, then as the chain has its tiers
  std::optional<DiskSeen> disk;
  std::optional<health::RunwayFacts> runway;
  health::ClockWatch clock;
};

[[nodiscard]] health::Facts gather_facts(const Parts& parts, const Watched& watched, Moment now);

}  // namespace quotecached::app
