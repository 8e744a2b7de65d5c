// What a command line asks for. Pure but for reading its arguments.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "cli/period.hpp"
#include "quotecache/cache.hpp"
#include "quotecache/credits.hpp"
#include "quotecache/history.hpp"
#include "quotecache/purge.hpp"
#include "quotecache/quote.hpp"
#include "quotecache/report.hpp"
#include "quotecache/warm.hpp"

namespace quotecache::cli {

enum class Task : std::uint8_t {
  Get,
  Watch,
  Health,
  Raw,
  State,
  Report,
  Forecast,
  Calls,
  Alerts,
  Mode,
  Warm,
  Purge,
  Explain,
  Stats,
  Reload,
  Help
};
enum class Format : std::uint8_t { Table, Json, Csv };

struct CommandLine {
  Task task = Task::State;
  Format format = Format::Table;
  std::string server;      // empty: not said
  std::string token_file;  // empty: not said
  std::chrono::seconds timeout{10};
  std::optional<std::size_t> width;   // nothing: the terminal's
  Ask ask;                            // of `get` and `watch`
  std::string path;                   // of `raw`
  bool shows_head = false;            // of it
  std::optional<std::int64_t> count;  // changes to `watch`
  ReportQuery report;
  PeriodWords period;                // of the report, as it is written
  std::optional<std::size_t> limit;  // rows
  std::string cursor;
  SpendMode mode = SpendMode::Automatic;     // to order
  std::optional<std::chrono::seconds> life;  // of a mode set by hand; of `watch`
  WarmOrder warm;
  std::string assets_file;  // of `warm`; empty: none
  PurgeOrder purge;
  ExplainQuery explain;
  std::string help_of;      // the command that `help` is about; empty: all
  bool waits = false;       // for the end of a run
  bool shows_runs = false;  // instead of ordering one
};

// An answer that needs no daemon: --help, --version, or what is wrong.
struct Reply {
  int status = 0;
  std::string out;
  std::string err;
  std::string before{};  // for standard error too, before `out` is written
};

[[nodiscard]] std::variant<CommandLine, Reply> parse_command_line(int argc,
                                                                  const char* const* argv);

}  // namespace quotecache::cli
