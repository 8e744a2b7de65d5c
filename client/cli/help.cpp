#include "cli/help.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sysexits.h>

#include "cli/grammar.hpp"
#include "cli/run.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

constexpr std::size_t kHelpColumns = 80;
constexpr std::size_t kTermColumns = 20;  // of what is explained, without its indent
constexpr std::size_t kHelpIndent = 2;

// Lines of the help's width, all indented.
std::string indented(std::string_view text, std::size_t indent) {
  std::string result;
  for (const auto& line : wrapped(text, kHelpColumns - indent))
    result += std::string(indent, ' ') + line + '\n';
  return result;
}

// A term and beside it, or below where it is long, what it means.
std::string explained(std::string_view term, std::string_view meaning) {
  const std::size_t indent = kHelpIndent + kTermColumns;
  std::string text = indented(meaning, indent);
  const std::string start = std::string(kHelpIndent, ' ') + std::string(term);
  if (start.size() + 1 >= indent || text.empty()) return start + '\n' + text;
  return text.replace(0, start.size(), start);
}

std::string options_section(std::string_view title, const std::vector<OptionSpec>& options) {
  if (options.empty()) return {};
  std::string text = fmt::format("\n{}:\n", title);
  for (const auto& option : options) text += explained(spelling_of(option), option.help);
  return text;
}

std::string arguments_section(const CommandSpec& command) {
  if (command.arguments.empty()) return {};
  std::string text = "\nArguments:\n";
  for (const auto& argument : command.arguments) text += explained(argument.name, argument.help);
  return text;
}

std::string examples_section(const CommandSpec& command) {
  std::string text = "\nExamples:\n";
  for (const auto& example : command.examples)
    text += fmt::format("  {}\n{}", example.line, indented(example.says, 6));
  return text;
}

std::string statuses_section(const std::vector<StatusSpec>& statuses) {
  std::string text = "\nExit status:\n";
  for (const auto& status : statuses)
    text += explained(fmt::to_string(status.status), status.means);
  return text;
}

std::string environment_section() {
  std::vector<std::string_view> names;
  for (const auto& variable : environment_variables()) names.push_back(variable.line);
  return fmt::format("\nEnvironment: {}.\n", fmt::join(names, ", "));
}

std::string subcommands_section(const CommandSpec& command) {
  std::string text;
  for (const auto& one : grammar().commands)
    if (one.name.starts_with(command.name + ' ')) text += explained(one.last_word(), one.summary);
  return text.empty() ? text : "\nCommands below it:\n" + text;
}

std::string command_help(const CommandSpec& command) {
  std::string text = "Usage: " + usage_of(command) + "\n\n" + indented(command.summary + ".", 0);
  for (const auto& paragraph : command.text) text += '\n' + indented(paragraph, 0);
  text += arguments_section(command) + subcommands_section(command) +
          options_section("Options", command.options);
  if (!command.exclusive.empty())
    text += indented("At most one of " + fmt::format("{}.", fmt::join(command.exclusive, ", ")), 2);
  if (command.has_formats) text += options_section("Output", grammar().display);
  if (command.asks_daemon) text += options_section("Which daemon", grammar().connection);
  text += examples_section(command) + statuses_section(command.statuses);
  return command.asks_daemon ? text + environment_section() : text;
}

std::string program_help() {
  std::string text = "Usage: quotecache COMMAND [ARGUMENT]... [OPTION]...\n\n";
  text += indented(program_summary(), 0) + "\nCommands:\n";
  for (const auto& command : grammar().commands) text += explained(command.name, command.summary);
  text += '\n' + indented(
                     "Options stand anywhere, before or behind the command; 'quotecache help "
                     "COMMAND' tells a command's own.",
                     0);
  text += options_section("Which daemon", grammar().connection) +
          options_section("Output", grammar().display) +
          options_section("Besides", grammar().general);
  text +=
      "\nExamples:\n  quotecache get bitcoin XRP\n  quotecache watch bitcoin --convert EUR\n  "
      "quotecache credits\n";
  return text + statuses_section(common_statuses()) + environment_section();
}

}  // namespace

std::string help_text(const CommandSpec* command) {
  return command == nullptr ? program_help() : command_help(*command);
}

std::string help_line(const CommandSpec* command) {
  return command == nullptr ? "quotecache help"
                            : fmt::format("quotecache {} --help", command->name);
}

std::string usage_of(const CommandSpec& command) {
  std::string text = "quotecache " + command.name;
  for (const auto& argument : command.arguments) {
    const std::string word = argument.name + (argument.repeats ? "..." : "");
    text += argument.is_required ? " " + word : " [" + word + "]";
  }
  return command.options.empty() && !command.has_formats && !command.asks_daemon
             ? text
             : text + " [OPTION]...";
}

std::string spelling_of(const OptionSpec& option) {
  if (!option.without.empty()) return option.name + "[=" + option.value + "]";
  return option.is_flag() ? option.name : option.name + " " + option.value;
}

std::string_view program_summary() noexcept {
  return "Asks a running quotecached: for prices, how it does and how its credits stand; orders "
         "spend "
         "modes, runs that warm, and purges.";
}

const std::vector<ExampleSpec>& environment_variables() {
  static const std::vector<ExampleSpec> variables{
      {"QUOTECACHE_SERVER", "Where the daemon listens, unless --server says so."},
      {"QUOTECACHE_TOKEN_FILE", "The file with the token, unless --token-file says so."},
      {"NO_COLOR", "Anything in it: no colour on terminals."},
      {"COLUMNS", "Columns of a table's line, unless --width says so."}};
  return variables;
}

std::vector<StatusSpec> common_statuses() {
  return {{0, "all is well"},
          {1, "in part, or with a warning: the command's help tells"},
          {2, "not at all, or critical"},
          unreachable_status(),
          {4, "an order is refused as things stand"},
          usage_status(),
          {EX_SOFTWARE, "the command itself failed (out of memory, a defect)"},
          {EX_IOERR, "the output could not be written"}};
}

}  // namespace quotecache::cli
