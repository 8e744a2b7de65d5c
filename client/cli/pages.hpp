// What is installed beside the program, made of the grammar by the program itself:
// `quotecache --print man|bash|zsh`. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.hpp"

namespace quotecache::cli {

// The page that the arguments ask for. Nothing: they ask for none.
[[nodiscard]] std::optional<Reply> page_of(const std::vector<std::string>& arguments);

[[nodiscard]] std::string manual_page();      // quotecache(1)
[[nodiscard]] std::string bash_completion();  // a file for bash-completion
[[nodiscard]] std::string zsh_completion();   // _quotecache

}  // namespace quotecache::cli
