// How the command lines of programs beside the daemon are read.
#pragma once

#include <optional>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <sysexits.h>

namespace quotecached::test {

// Reads the arguments as `app` describes them, then calls `fill()`, which gives what was typed its
// meaning and may throw CLI::ParseError as well. Returns the status that the program is to end with
// at once: 0 after --help, 64 for bad options, which are explained on stderr. Null: it may begin.
template <class Fill>
std::optional<int> read_command_line(CLI::App& app, int argc, const char* const* argv, Fill fill) {
  try {
    app.parse(argc, argv);
    fill();
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : EX_USAGE;
  }
  return std::nullopt;
}

}  // namespace quotecached::test
