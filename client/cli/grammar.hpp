// The commands and options of `quotecache`, all there are. Described once; see CommandSpec.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command_spec.hpp"

namespace quotecache::cli {

struct Grammar {
  std::vector<OptionSpec> connection;  // of commands that ask a daemon
  std::vector<OptionSpec> display;     // of commands that have formats
  std::vector<OptionSpec> general;     // of all: --help, --version
  std::vector<CommandSpec> commands;   // as people read them

  // Null: there is none of the name.
  [[nodiscard]] const CommandSpec* find(std::string_view name) const noexcept;
  // All options that a command takes, its own first.
  [[nodiscard]] std::vector<const OptionSpec*> options_of(const CommandSpec& command) const;
  // The option of a name, whosever it is. An option takes a value in all commands or in none. Null:
  // there is none.
  [[nodiscard]] const OptionSpec* any_option(std::string_view name) const noexcept;
};

// The same object each time.
[[nodiscard]] const Grammar& grammar();

// Parts of it, by what they are about.
[[nodiscard]] std::vector<CommandSpec> quote_commands();
[[nodiscard]] std::vector<CommandSpec> daemon_commands();
[[nodiscard]] std::vector<CommandSpec> cache_commands();
[[nodiscard]] std::vector<CommandSpec> credits_commands();
[[nodiscard]] CommandSpec warm_command();
[[nodiscard]] CommandSpec purge_command();
[[nodiscard]] CommandSpec help_command();

// What most exit statuses mean.
[[nodiscard]] StatusSpec unreachable_status();  // 3
[[nodiscard]] StatusSpec usage_status();        // 64

}  // namespace quotecache::cli
