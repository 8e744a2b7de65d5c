// The command line of the daemon.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "simulate/report.hpp"

namespace quotecached::app {

// quotecached simulate
struct SimulateCommand {
  std::string trace;                    // a file
  std::vector<std::string> plans;       // by name
  std::vector<std::int64_t> per_month;  // credits; 0: no cap
  simulate::Format format = simulate::Format::Table;
  std::int64_t tick_seconds = 60;   // how the provider's data turns over ...
  std::int64_t late_seconds = 100;  // ... and how much later it is served
};

struct CommandLine {
  enum class Mode : unsigned char { Run, Check, PrintConfig, Simulate };

  std::optional<std::string> config;  // the settings file
  std::vector<std::string> sets;      // "key=value"
  Mode mode = Mode::Run;
  SimulateCommand simulate;  // of Mode::Simulate
};

// What to do, or the exit status of a command line that was answered (--help, --version) or wrong.
std::variant<CommandLine, int> parse_command_line(int argc, const char* const* argv);

}  // namespace quotecached::app
