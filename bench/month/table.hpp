// What month_bench prints: a line of a table for each run, and all of it as JSON.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "replay/replay.hpp"

namespace quotecached::bench {

struct MonthRun {
  unsigned seed = 0;
  std::int64_t budget = 0;
  std::chrono::duration<double> took{0};
  test::ReplayFigures figures;
  // The mean age in seconds of whoever had known all requests for assets beforehand, for as many
  // calls as credits were spent; 0: none was needed.
  double least_mean = 0;
};

[[nodiscard]] std::string table_head();
[[nodiscard]] std::string table_line(const MonthRun& run);
// `what` says what was replayed.
[[nodiscard]] std::string to_json(const std::string& what, const std::vector<MonthRun>& runs);

}  // namespace quotecached::bench
