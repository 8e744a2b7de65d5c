// Carries out what a command line asks for: asks the daemon, and puts what it says into words.
#pragma once

#include <string>

#include "cli/command_line.hpp"
#include "cli/look.hpp"

namespace quotecache::cli {

inline constexpr int kWarning = 1;
inline constexpr int kCritical = 2;
inline constexpr int kUnreachable = 3;

// What to use where the command line says nothing; empty: not said either.
struct Surroundings {
  std::string server;      // $QUOTECACHE_SERVER
  std::string token_file;  // $QUOTECACHE_TOKEN_FILE
  Look look;
};

// Blocks until the daemon has answered or its time is up.
[[nodiscard]] Reply run(const CommandLine& line, const Surroundings& surroundings);

}  // namespace quotecache::cli
