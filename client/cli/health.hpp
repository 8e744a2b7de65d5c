// `quotecache health`: whether the daemon is well.
#pragma once

#include <string>

#include "cli/command_line.hpp"
#include "cli/look.hpp"
#include "quotecache/client.hpp"

namespace quotecache::cli {

inline constexpr int kDegraded = 1;
inline constexpr int kUnhealthy = 2;

// Blocks.
[[nodiscard]] Reply health(const Client& client, const CommandLine& line, const Look& look);

// Pure.
[[nodiscard]] std::string health_text(const Health& health, const Look& look);
[[nodiscard]] std::string health_csv(const Health& health);

}  // namespace quotecache::cli
