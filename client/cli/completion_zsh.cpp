#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion.hpp"
#include "cli/grammar.hpp"
#include "cli/pages.hpp"

namespace quotecache::cli {
namespace {

constexpr std::string_view kZshTop = R"(#compdef quotecache
# Completion of quotecache for zsh. Made by: quotecache --print zsh

)";

constexpr std::string_view kZshEnd = R"(
_quotecache "$@"
)";

// What _arguments takes for the end of a part is quoted.
std::string zsh_text(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

std::string action_of(const std::vector<std::string>& words, bool is_file) {
  if (is_file) return "_files";
  return words.empty() ? " " : fmt::format("({})", fmt::join(words, " "));
}

// "(--due --window)--popular=[So many ...]:N: ".
std::string option_argument(const CommandSpec& command, const OptionSpec& option) {
  std::string others;
  const bool excludes =
      std::ranges::find(command.exclusive, option.name) != command.exclusive.end();
  for (const auto& name : command.exclusive)
    if (excludes) others += (others.empty() ? "" : " ") + name;
  std::string text = option.repeats ? "*" : others.empty() ? "" : "(" + others + ")";
  // "=-": the value, if any, in the same word; "::": it may be left out.
  const bool is_in_one = !option.without.empty();
  text += option.name +
          (option.is_flag() ? ""
           : is_in_one      ? "=-"
                            : "=") +
          "[" + zsh_text(option.help) + "]";
  if (!option.is_flag())
    text += (is_in_one ? "::" : ":") + option.value + ":" + action_of(option.words, option.is_file);
  return "    " + shell_quoted(text) + " \\\n";
}

std::string first_words_of(std::string_view parent) {
  std::string text;
  for (const auto* command : commands_below(parent))
    text += "    " +
            shell_quoted(fmt::format("{}:{}", command->last_word(), zsh_text(command->summary))) +
            "\n";
  return text;
}

std::string function_of(const CommandSpec& command) {
  std::string name = command.name;
  std::ranges::replace(name, ' ', '_');
  return "_quotecache_" + name;
}

std::string positional_arguments(const CommandSpec& command) {
  if (command.task == Task::Help) return "    '*:COMMAND:_quotecache_commands' \\\n";
  std::string text;
  for (const auto& argument : command.arguments)
    text += "    " +
            shell_quoted(fmt::format("{}:{}:{}",
                                     argument.repeats ? "*" : "1",
                                     argument.name,
                                     action_of(argument.words, false))) +
            " \\\n";
  return text;
}

std::string command_function(const CommandSpec& command) {
  std::string text = function_of(command) + "() {\n  _arguments \\\n";
  for (const auto* option : grammar().options_of(command))
    text += option_argument(command, *option);
  text += positional_arguments(command);
  return text + "    && return\n}\n\n";
}

// A command that has others below it completes these, and itself where none is named.
std::string parent_function(const CommandSpec& command) {
  std::string text = function_of(command) + "() {\n  local curcontext=$curcontext state line\n";
  text += "  local -a below=(\n" + first_words_of(command.name) + "  )\n  _arguments -C \\\n";
  for (const auto* option : grammar().options_of(command))
    text += option_argument(command, *option);
  text += "    '1:command:->below' \\\n    '*::argument:->behind' \\\n    && return\n";
  text +=
      "  case $state in\n    below) _describe -t commands command below ;;\n"
      "    behind)\n      case $line[1] in\n";
  for (const auto* one : commands_below(command.name))
    text += fmt::format("        {}) {} ;;\n", one->last_word(), function_of(*one));
  return text + "      esac\n      ;;\n  esac\n}\n\n";
}

std::string main_function() {
  std::string text =
      "_quotecache_commands() {\n  local -a commands=(\n" + first_words_of("") +
      "  )\n  _describe -t commands command commands\n}\n\n"
      "_quotecache() {\n  local curcontext=$curcontext state line\n  _arguments -C \\\n";
  const CommandSpec none;
  for (const auto* group : {&grammar().display, &grammar().connection, &grammar().general})
    for (const auto& option : *group) text += option_argument(none, option);
  text +=
      "    '1:command:_quotecache_commands' \\\n    '*::argument:->behind' \\\n    && return\n"
      "  [[ $state == behind ]] || return\n  case $line[1] in\n";
  for (const auto* command : commands_below(""))
    text += fmt::format("    {}) {} ;;\n", command->name, function_of(*command));
  return text + "  esac\n}\n";
}

}  // namespace

std::string zsh_completion() {
  std::string text(kZshTop);
  for (const auto& command : grammar().commands)
    text +=
        commands_below(command.name).empty() ? command_function(command) : parent_function(command);
  return text + main_function() + std::string(kZshEnd);
}

}  // namespace quotecache::cli
