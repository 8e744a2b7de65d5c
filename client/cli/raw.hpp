// `quotecache raw`: the daemon's answer to a path, byte for byte.
#pragma once

#include "cli/command_line.hpp"
#include "cli/look.hpp"
#include "quotecache/client.hpp"

namespace quotecache::cli {

inline constexpr int kOtherStatus = 1;

// Blocks.
[[nodiscard]] Reply raw(const Client& client, const CommandLine& line, const Look& look);

}  // namespace quotecache::cli
