#include "cli/grammar.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

#include <sysexits.h>

#include "cli/look.hpp"
#include "cli/option_values.hpp"
#include "cli/run.hpp"

namespace quotecache::cli {
namespace {

Format format_of(const std::string& word) {
  if (word == "json") return Format::Json;
  return word == "csv" ? Format::Csv : Format::Table;
}

std::vector<OptionSpec> connection_options() {
  return {
      text_option("--server",
                  "URL",
                  "Where the daemon listens: http://HOST:PORT, https://HOST:PORT or unix:/PATH "
                  "(default: $QUOTECACHE_SERVER, or http://127.0.0.1:8466)",
                  [](CommandLine& line, std::string text) { line.server = std::move(text); }),
      file_option("--token-file",
                  "File with the token, not readable by everyone (default: "
                  "$QUOTECACHE_TOKEN_FILE)",
                  [](CommandLine& line, std::string text) { line.token_file = std::move(text); }),
      number_option(
          "--timeout",
          "Seconds an answer may take (default 10)",
          1,
          600,
          [](CommandLine& line, std::int64_t n) { line.timeout = std::chrono::seconds(n); })};
}

std::vector<OptionSpec> display_options() {
  return {word_option(
              "--format",
              "table for people, json or csv for programs (default table)",
              {"table", "json", "csv"},
              [](CommandLine& line, const std::string& word) { line.format = format_of(word); }),
          number_option(
              "--width",
              "Columns of a table's line (default: $COLUMNS, the terminal's, or 80)",
              kLeastWidth,
              kMostWidth,
              [](CommandLine& line, std::int64_t n) { line.width = static_cast<std::size_t>(n); })};
}

std::vector<OptionSpec> general_options() {
  return {flag_option("--help", "Tell how a command is used; -h too", [](CommandLine&) {}),
          flag_option("--version", "Tell the version; -V too", [](CommandLine&) {})};
}

void append(std::vector<CommandSpec>& commands, std::vector<CommandSpec> more) {
  std::ranges::move(more, std::back_inserter(commands));
}

Grammar make_grammar() {
  Grammar made{connection_options(), display_options(), general_options(), quote_commands()};
  append(made.commands, daemon_commands());
  append(made.commands, cache_commands());
  made.commands.push_back(purge_command());
  made.commands.push_back(warm_command());
  append(made.commands, credits_commands());
  made.commands.push_back(help_command());
  return made;
}

}  // namespace

const CommandSpec* Grammar::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(commands, name, &CommandSpec::name);
  return found == commands.end() ? nullptr : &*found;
}

std::vector<const OptionSpec*> Grammar::options_of(const CommandSpec& command) const {
  std::vector<const OptionSpec*> all;
  const auto add = [&all](const std::vector<OptionSpec>& options) {
    for (const auto& option : options) all.push_back(&option);
  };
  add(command.options);
  if (command.has_formats) add(display);
  if (command.asks_daemon) add(connection);
  add(general);
  return all;
}

const OptionSpec* Grammar::any_option(std::string_view name) const noexcept {
  const auto find_in = [name](const std::vector<OptionSpec>& options) {
    const auto found = std::ranges::find(options, name, &OptionSpec::name);
    return found == options.end() ? nullptr : &*found;
  };
  for (const auto* options : {&connection, &display, &general})
    if (const auto* const found = find_in(*options)) return found;
  for (const auto& command : commands)
    if (const auto* const found = find_in(command.options)) return found;
  return nullptr;
}

const Grammar& grammar() {
  static const Grammar made = make_grammar();
  return made;
}

StatusSpec unreachable_status() {
  return {kUnreachable,
          "the daemon cannot be asked: not there, too slow, refuses the token, or no daemon"};
}

StatusSpec usage_status() {
  return {EX_USAGE,
          "the command line or the token file is wrong; the message says what would be right"};
}

}  // namespace quotecache::cli
