#include "cli/command_line.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sysexits.h>

#include "cli/grammar.hpp"
#include "cli/suggestion.hpp"

namespace quotecache::cli {
namespace {

// "--by=assets" is two words.
std::vector<std::string> separate_words(const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  for (const std::string& argument : arguments) {
    const auto equals = argument.find('=');
    words.push_back(argument.substr(0, equals));
    if (equals != std::string::npos) words.push_back(argument.substr(equals + 1));
  }
  return words;
}

// About the first word that nobody knows but that looks like one somebody does.
std::string hint(const std::vector<std::string>& arguments, const Grammar& grammar) {
  const auto known = grammar.vocabulary();
  for (const std::string& word : separate_words(arguments)) {
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    const std::string meant = nearest(word, known);
    if (!meant.empty()) return fmt::format("Did you mean '{}'?\n", meant);
  }
  return {};
}

Reply refusal(const std::string& why, const std::string& hint, const Grammar& grammar) {
  return {EX_USAGE,
          "",
          fmt::format("quotecache: {}\n{}Try '{}'.\n", why, hint, grammar.help_command())};
}

// Words that the command does not take, in the order they were written.
Reply refuse_extras(const std::vector<std::string>& arguments, Grammar& grammar) {
  const auto extras = grammar.app().remaining(true);
  for (const std::string& word : arguments) {
    if (std::find(extras.begin(), extras.end(), word) == extras.end()) continue;
    const std::string takers = word.starts_with("--") ? grammar.takers(word) : std::string{};
    const std::string where =
        takers.empty() ? "" : fmt::format("It is an option of: {}.\n", takers);
    return refusal(fmt::format("'{}' is not understood here", word),
                   where.empty() ? hint({word}, grammar) : where,
                   grammar);
  }
  return refusal("there is more than is understood", "", grammar);
}

// --help and --version are errors to CLI11 too, of status 0.
Reply reply_to(const CLI::ParseError& error,
               const std::vector<std::string>& arguments,
               Grammar& grammar) {
  const bool lacks_command = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  const bool has_extras = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
                          (lacks_command && !grammar.app().remaining(true).empty());
  if (has_extras) return refuse_extras(arguments, grammar);
  if (error.get_exit_code() != 0) return refusal(error.what(), hint(arguments, grammar), grammar);
  std::ostringstream out;
  std::ostringstream err;
  grammar.app().exit(error, out, err);
  return {0, out.str(), err.str()};
}

}  // namespace

std::variant<CommandLine, Reply> parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  Grammar grammar(line);
  try {
    grammar.app().parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return reply_to(error, {argv + 1, argv + argc}, grammar);
  }
  grammar.take_words();
  const auto& purge = line.purge;
  if (line.task == Task::Purge && purge.assets.empty() && purge.endpoints.empty() &&
      purge.converts.empty() && purge.tags.empty() && purge.globs.empty())
    return refusal(
        "at least one of --asset, --endpoint, --convert, --tag and --glob is needed (all "
        "there is: --glob '*')",
        "",
        grammar);
  if (line.task == Task::Mode && line.mode == SpendMode::Automatic && line.life)
    return refusal("auto takes no --for", "", grammar);
  return line;
}

}  // namespace quotecache::cli
