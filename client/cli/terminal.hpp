// What is known of where standard output goes.
#pragma once

#include <cstddef>
#include <string_view>

#include "cli/look.hpp"

namespace quotecache::cli {

// Width: $COLUMNS, else the terminal's, else 80. UTF-8 as the locale says; colour on a terminal
// unless NO_COLOR is set or it is a dumb one. Requires: setlocale() was called.
[[nodiscard]] Look look_of_output();

struct TerminalSize {
  std::size_t columns = 0;  // 0: not known
  std::size_t rows = 0;
};
// Of the terminal that standard output is, now.
[[nodiscard]] TerminalSize terminal_size();

// False where a shell has given the terminal to another program.
[[nodiscard]] bool is_in_foreground();

// What a line is wide: as told if that is a number above 0, else the terminal's columns (0: not
// known), else 80; from kLeastWidth to kMostWidth. Pure.
[[nodiscard]] std::size_t width_of(std::string_view told, std::size_t terminal) noexcept;

}  // namespace quotecache::cli
