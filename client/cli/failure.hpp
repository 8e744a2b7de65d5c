// What the command says, and its status, when the daemon could not be asked. Pure.
#pragma once

#include "cli/command_line.hpp"
#include "cli/look.hpp"
#include "quotecache/error.hpp"

namespace quotecache::cli {

[[nodiscard]] Reply failure(const Error& error, const Look& look);

}  // namespace quotecache::cli
