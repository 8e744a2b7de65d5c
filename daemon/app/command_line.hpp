// The command line of the daemon.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "load/workload.hpp"
#include "simulate/report.hpp"

namespace quotecached::app {

// quotecached simulate
struct SimulateCommand {
  std::string trace;                    // a file
  std::string names;                    // a file, the provider's map; empty: none
  std::vector<std::string> plans;       // by name
  std::vector<std::int64_t> per_month;  // credits; 0: no cap
  simulate::Format format = simulate::Format::Table;
  std::int64_t tick_seconds = 60;   // how the provider's data turns over ...
  std::int64_t late_seconds = 100;  // ... and how much later it is served
};

// quotecached bench
struct BenchCommand {
  load::Scenario scenario = load::Scenario::Hot;
  std::string trace;       // a file; of Scenario::Trace
  std::string target;      // the URL of a daemon that runs; empty: one of its own
  std::string token_file;  // for the target
  bool spends = false;     // new assets may be asked of the target
  std::size_t concurrency = 16;
  double rate = 0;  // requests a second; 0: as fast as it answers
  milliseconds duration{10'000};
  std::size_t rounds = 0;  // 0: as many as are good for the ratios
  bool is_json = false;
  std::string baseline;              // a file with an earlier report
  double threshold = 0.05;           // the part by which a ratio may be larger
  std::vector<std::string> figures;  // that are compared; empty: all
};

struct CommandLine {
  enum class Mode : unsigned char { Run, Check, PrintConfig, Simulate, Bench };

  std::optional<std::string> config;  // the settings file
  std::vector<std::string> sets;      // "key=value"
  Mode mode = Mode::Run;
  SimulateCommand simulate;  // of Mode::Simulate
  BenchCommand bench;        // of Mode::Bench
};

// What to do, or the exit status of a command line that was answered (--help, --version) or wrong.
std::variant<CommandLine, int> parse_command_line(int argc, const char* const* argv);

}  // namespace quotecached::app
