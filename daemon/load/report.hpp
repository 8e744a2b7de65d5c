// What a load test came to: for people, for programs, and for the next test to be compared with.
//
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "load/figures.hpp"
#include "load/workload.hpp"

namespace quotecached::load {

struct Report {
  Scenario scenario = Scenario::Hot;
  std::string version;
  std::size_t concurrency = 0;
  double rate = 0;            // requests a second; 0: each as soon as the one before is answered
  milliseconds duration{0};   // that was asked for
  std::string target;         // empty: a daemon of the test's own
  bool is_complete = false;   // false: it was cut short
  std::vector<Round> rounds;  // those that were measured
  std::optional<std::int64_t> calls;  // to the provider meanwhile; empty: nobody counts them
  std::int64_t waves = 0;             // of a herd: how often all asked for one thing
  std::size_t outage_at = 0;          // of an outage: the first round without a provider

  [[nodiscard]] Figures daemon() const;
  [[nodiscard]] Figures floor() const;
  // Of an outage: what was measured before it, and since.
  [[nodiscard]] Figures before_outage() const;
  [[nodiscard]] Figures since_outage() const;
  // What the daemon promises and did not keep, for people; empty when all is well.
  [[nodiscard]] std::string broken_promise() const;
};

// Both with their last newline.
[[nodiscard]] std::string as_table(const Report& report);
[[nodiscard]] std::string as_json(const Report& report);

}  // namespace quotecached::load
