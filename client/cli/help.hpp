// Help as it is printed, made of the grammar. Pure.
#pragma once

#include <string>

#include "cli/command_spec.hpp"

namespace quotecache::cli {

// How a command is used; of null, the list of all.
[[nodiscard]] std::string help_text(const CommandSpec* command);

// What to type for that: "quotecache credits report --help".
[[nodiscard]] std::string help_line(const CommandSpec* command);

// "quotecache get ASSET... [OPTION]...".
[[nodiscard]] std::string usage_of(const CommandSpec& command);

// "--days N".
[[nodiscard]] std::string spelling_of(const OptionSpec& option);

// The program in one sentence.
[[nodiscard]] std::string_view program_summary() noexcept;
// What the environment says, a variable and its meaning each.
[[nodiscard]] const std::vector<ExampleSpec>& environment_variables();
// The statuses that mean the same, or nearly, of all commands.
[[nodiscard]] std::vector<StatusSpec> common_statuses();

}  // namespace quotecache::cli
