#include <algorithm>
#include <map>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion.hpp"
#include "cli/grammar.hpp"
#include "cli/pages.hpp"

namespace quotecache::cli {
namespace {

using Words = std::vector<std::string>;

// bash takes '=' for a word of its own; the words before the one to complete tell the command.
constexpr std::string_view kBashTop =
    R"(# Completion of quotecache for bash. Made by: quotecache --print bash

_quotecache_command() {
  # The command among the words before the one that is completed, into `command`; the words of an
  # option's value are none.
  local at word
  command='' rest=0
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=${COMP_WORDS[at]}
    case $word in
      --*)
        if [[ ${COMP_WORDS[at + 1]} == = ]]; then
          ((at += 2))
        elif [[ " $valued " == *" $word "* ]]; then
          ((at += 1))
        fi
        ;;
      -*) ;;
      *)
        if [[ -z $command ]]; then
          command=$word
        elif [[ " $nested " == *" $command:$word "* ]]; then
          command="$command $word"
        else
          ((rest += 1))
        fi
        ;;
    esac
  done
}

_quotecache() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command rest options words
)";

constexpr std::string_view kBashValues = R"(
  if [[ $current == = ]]; then
    current=''
  elif [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  COMPREPLY=()
  case $previous in
)";

constexpr std::string_view kBashEnd = R"(  esac
  if [[ $current == -* ]]; then
    words=$options
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -F _quotecache quotecache
)";

// All options of all commands, each once.
std::map<std::string, const OptionSpec*> all_options() {
  std::map<std::string, const OptionSpec*> all;
  for (const auto& command : grammar().commands)
    for (const auto* option : grammar().options_of(command)) all.emplace(option->name, option);
  return all;
}

Words last_words(const std::vector<const CommandSpec*>& commands) {
  Words words;
  for (const auto* command : commands) words.emplace_back(command->last_word());
  return words;
}

std::string variable_lines() {
  Words valued;
  Words nested;
  for (const auto& [name, option] : all_options())
    if (option->takes_next_word()) valued.push_back(name);
  for (const auto& command : grammar().commands) {
    auto name = command.name;
    const auto blank = name.find(' ');
    if (blank != std::string::npos) nested.push_back(name.replace(blank, 1, ":"));
  }
  return fmt::format(
      "  local valued='{}'\n  local nested='{}'\n", fmt::join(valued, " "), fmt::join(nested, " "));
}

// What may follow each option that takes a value.
std::string value_cases() {
  std::string text;
  Words free;
  for (const auto& [name, option] : all_options()) {
    if (!option->takes_next_word()) continue;
    if (option->is_file) {
      text += fmt::format(
          "    {})\n      compopt -o filenames 2>/dev/null\n"
          "      mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n      return\n      ;;\n",
          name);
    } else if (option->words.empty()) {
      free.push_back(name);
    } else {
      text += fmt::format(
          "    {})\n      mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$current\")\n"
          "      return\n      ;;\n",
          name,
          fmt::join(option->words, " "));
    }
  }
  text += fmt::format("    {}) return ;;\n", fmt::join(free, " | "));
  return text + "  esac\n  _quotecache_command\n  words=''\n  case $command in\n";
}

// What may follow the command: those below it, or its first argument.
Words words_behind(const CommandSpec& command) {
  auto words = last_words(commands_below(command.name));
  if (command.task == Task::Help) words = last_words(commands_below(""));
  for (const auto& argument : command.arguments)
    words.insert(words.end(), argument.words.begin(), argument.words.end());
  return words;
}

std::string command_case(const CommandSpec& command) {
  Words options;
  for (const auto* option : grammar().options_of(command)) options.push_back(option->name);
  const auto words = words_behind(command);
  const auto more = words.empty()
                        ? ""
                        : fmt::format("      ((rest == 0)) && words='{}'\n", fmt::join(words, " "));
  return fmt::format("    {})\n      options='{}'\n{}      ;;\n",
                     shell_quoted(command.name),
                     fmt::join(options, " "),
                     more);
}

std::string no_command_case() {
  Words options;
  for (const auto* group : {&grammar().display, &grammar().connection, &grammar().general})
    for (const auto& option : *group) options.push_back(option.name);
  return fmt::format(
      "    *)\n      options='{}'\n      [[ -z $command ]] && words='{}'\n      ;;\n",
      fmt::join(options, " "),
      fmt::join(last_words(commands_below("")), " "));
}

}  // namespace

std::string bash_completion() {
  std::string text =
      std::string(kBashTop) + variable_lines() + std::string(kBashValues) + value_cases();
  for (const auto& command : grammar().commands) text += command_case(command);
  return text + no_command_case() + std::string(kBashEnd);
}

}  // namespace quotecache::cli
