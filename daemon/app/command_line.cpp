#include "app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <sysexits.h>

#include "app/version.hpp"

namespace quotecached::app {

std::variant<CommandLine, int> parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  bool check = false;
  bool print = false;
  CLI::App cli(
      "Serves crypto quotes out of a cache, so that every API credit buys as much freshness as it "
      "can.",
      "quotecached");
  cli.set_version_flag("--version,-V", std::string("quotecached ") + kVersion);
  cli.add_option("--config,-c", line.config, "Settings file (TOML)");
  cli.add_option("--set,-s", line.sets, "One setting, over file and environment: key=value")
      ->allow_extra_args(false);
  cli.add_flag("--check", check, "Check the settings, then leave: status 0 when they are right");
  cli.add_flag("--print-config", print, "Print every setting with its origin, then leave");
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int status = cli.exit(error);
    return status == 0 ? 0 : EX_USAGE;
  }
  if (check) line.mode = CommandLine::Mode::Check;
  if (print) line.mode = CommandLine::Mode::PrintConfig;
  return line;
}

}  // namespace quotecached::app
