// What is known of where standard output goes.
#pragma once

#include "cli/look.hpp"

namespace quotecache::cli {

// Width: of the terminal, else $COLUMNS, else 80. UTF-8 as the locale says; colour on a terminal
// unless NO_COLOR is set or it is a dumb one. Requires: setlocale() was called.
[[nodiscard]] Look look_of_output();

}  // namespace quotecache::cli
