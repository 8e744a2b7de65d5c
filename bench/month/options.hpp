// The command line of month_bench.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "demand/named_trace.hpp"

namespace quotecached::bench {

struct MonthOptions {
  test::DemandShape shape;
  test::Asking asking = test::Asking::ById;
  std::vector<unsigned> seeds = {1};
  std::vector<std::int64_t> budgets = {7500, 15000};
  std::vector<std::string> sets;  // settings of the daemon
  std::vector<std::string> sim;   // arguments of cmcsim
  std::string trace_file;         // replayed instead of drawn demand
  std::string write_trace;        // where the drawn one goes, and nothing is replayed
  std::string json_file;
  std::size_t jobs = 1;
  bool is_quiet = false;
};

// Null when the program is to end at once with `exit_code`: 0 after --help, 64 for bad options,
// which are explained on stderr.
[[nodiscard]] std::optional<MonthOptions> parse_month_options(int argc,
                                                              const char* const* argv,
                                                              int& exit_code);

}  // namespace quotecached::bench
