// The command line of the daemon.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace quotecached::app {

struct CommandLine {
  enum class Mode : unsigned char { Run, Check, PrintConfig };

  std::optional<std::string> config;  // the settings file
  std::vector<std::string> sets;      // "key=value"
  Mode mode = Mode::Run;
};

// What to do, or the exit status of a command line that was answered (--help, --version) or wrong.
std::variant<CommandLine, int> parse_command_line(int argc, const char* const* argv);

}  // namespace quotecached::app
