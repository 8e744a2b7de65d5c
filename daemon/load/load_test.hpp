// A load test from its beginning to its report: a daemon of its own or one that runs, filled, then
// loaded in rounds, each followed by the floor under the same load.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "load/peer.hpp"
#include "load/report.hpp"

namespace quotecached::load {

// How far a test is.
struct Progress {
  std::size_t round = 0;  // from 1
  std::size_t rounds = 0;
  Figures so_far;  // of the daemon, in this round
};

struct LoadTestOptions {
  Scenario scenario = Scenario::Hot;
  std::size_t connections = 16;
  double rate = 0;
  milliseconds duration{10'000};
  std::size_t rounds = 0;  // in which it is loaded; 0: as many as are good for the ratios
  std::vector<std::string> traced{};  // of Scenario::Trace
  std::string version;
  std::vector<std::string> sets{};   // of a daemon of its own: "key=value"
  std::optional<Endpoint> target{};  // a daemon that runs
  std::string target_text{};         // how the user spells it
  bool spends = false;               // new assets may be asked of the target
  std::function<void(const Progress&)> tell{};
};

// Until it is done, or SIGINT or SIGTERM comes: the report then says so. Fails with Unavailable
// or Timeout when there is nothing to load, with Invalid for settings that may not be.
// Requires: one connection at least; no Outage of a target.
[[nodiscard]] Result<Report> run_load_test(const LoadTestOptions& options);

}  // namespace quotecached::load
