// What completions of all shells are made of. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command_spec.hpp"

namespace quotecache::cli {

// The words that follow a command: below it, "report" of "credits"; of "", all first words.
[[nodiscard]] std::vector<const CommandSpec*> commands_below(std::string_view name);

// In single quotes, as sh reads them.
[[nodiscard]] std::string shell_quoted(std::string_view text);

}  // namespace quotecache::cli
