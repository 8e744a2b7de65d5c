// `quotecache watch`: prices as they change, as a table that is drawn over itself, or as lines.
#pragma once

#include "cli/command_line.hpp"
#include "cli/look.hpp"
#include "quotecache/client.hpp"

namespace quotecache::cli {

inline constexpr int kWatchInterrupted = 130;  // as a shell has it: 128 and SIGINT

// Blocks until it is enough, it is ended, or nothing can come. Writes itself to standard output.
[[nodiscard]] Reply watch(const Client& client, const CommandLine& line, const Look& look);

}  // namespace quotecache::cli
