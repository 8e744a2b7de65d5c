#include "cli/command_line.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sysexits.h>

#include "cli/grammar.hpp"
#include "cli/help.hpp"
#include "cli/pages.hpp"
#include "cli/suggestion.hpp"
#include "cli/text.hpp"
#include "quotecache/version.hpp"

namespace quotecache::cli {
namespace {

// An option as it was written.
struct Written {
  const OptionSpec* spec = nullptr;
  std::string value;
};

// The words of a command line by what they are: options may stand anywhere between the others.
struct Sorted {
  std::vector<std::string> words;
  std::vector<Written> options;
  std::string unknown;  // the first option that there is none of; empty: all are known
  std::string lacking;  // the first option without its value

  [[nodiscard]] bool has(std::string_view name) const {
    return std::ranges::any_of(options,
                               [name](const Written& one) { return one.spec->name == name; });
  }
};

constexpr Look kPlainLook{.width = 80, .is_utf8 = true, .has_colour = false, .is_terminal = false};

Reply usage_error(const std::string& why, const std::string& help) {
  const auto* const join = why.ends_with('?') ? " See" : "; see";
  return {EX_USAGE, "", fmt::format("quotecache: {}{} '{}'\n", clean(why, kPlainLook), join, help)};
}

std::string spelled_out(const std::string& word) {
  if (word == "-h") return "--help";
  return word == "-V" ? "--version" : word;
}

// Takes the option at `at`, and its value if that stands behind it. Returns the last place taken.
std::size_t sort_option(const std::vector<std::string>& arguments, std::size_t at, Sorted& sorted) {
  const std::string& argument = arguments[at];
  const auto equals = argument.starts_with("--") ? argument.find('=') : std::string::npos;
  const std::string name = spelled_out(argument.substr(0, equals));
  const OptionSpec* const spec = grammar().any_option(name);
  const bool has_value = equals != std::string::npos;
  if (spec == nullptr || (spec->is_flag() && has_value)) {
    if (sorted.unknown.empty()) sorted.unknown = spec == nullptr ? name : argument;
    return at;
  }
  if (has_value || !spec->takes_next_word()) {
    sorted.options.push_back({spec, has_value ? argument.substr(equals + 1) : spec->without});
    return at;
  }
  if (at + 1 == arguments.size() || arguments[at + 1].starts_with("--")) {
    if (sorted.lacking.empty())
      sorted.lacking = name + " wants a value: " + name + " " + spec->value;
    return at;
  }
  sorted.options.push_back({spec, arguments[at + 1]});
  return at + 1;
}

Sorted sort_arguments(const std::vector<std::string>& arguments) {
  Sorted sorted;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string& argument = arguments[at];
    if (argument == "--") {
      sorted.words.insert(sorted.words.end(),
                          arguments.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                          arguments.end());
      break;
    }
    if (argument.size() > 1 && argument.starts_with('-')) {
      at = sort_option(arguments, at, sorted);
    } else {
      sorted.words.push_back(argument);
    }
  }
  return sorted;
}

// The command that the first words name, which are taken out. Null: they name none.
const CommandSpec* take_command(std::vector<std::string>& words) {
  if (words.empty()) return nullptr;
  const CommandSpec* found = nullptr;
  std::size_t length = 1;
  if (words.size() > 1) found = grammar().find(words[0] + " " + words[1]);
  if (found != nullptr) {
    length = 2;
  } else {
    found = grammar().find(words[0]);
  }
  if (found != nullptr)
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(length));
  return found;
}

// " : did you mean 'report'?" of a word that may have been one of these.
std::string meant(const std::string& word, const std::vector<std::string>& known) {
  const std::string near = nearest(word, known);
  return near.empty() ? "" : fmt::format(": did you mean '{}'?", near);
}

std::vector<std::string> command_words(std::string_view parent) {
  std::vector<std::string> words;
  for (const auto& command : grammar().commands) {
    const std::string_view name = command.name;
    const bool is_below = name.starts_with(parent) && name.size() > parent.size();
    const auto rest = is_below ? name.substr(parent.empty() ? 0 : parent.size() + 1) : "";
    if (!rest.empty() && rest.find(' ') == std::string_view::npos) words.emplace_back(rest);
  }
  return words;
}

// Of 'report', that 'credits report' is meant.
std::string meant_below(const std::string& word) {
  for (const auto& command : grammar().commands)
    if (command.last_word() == word) return fmt::format(": did you mean '{}'?", command.name);
  return {};
}

Reply refused_word(const std::string& word, const CommandSpec* command) {
  const std::string parent = command == nullptr ? "" : command->name;
  auto hint = command == nullptr ? meant_below(word) : std::string();
  if (hint.empty()) hint = meant(word, command_words(parent));
  return usage_error(fmt::format("'{}' is not understood here{}", word, hint), help_line(command));
}

// Of an option that most commands take.
bool is_common(const std::string& name) {
  for (const auto* options : {&grammar().connection, &grammar().display, &grammar().general})
    if (std::ranges::find(*options, name, &OptionSpec::name) != options->end()) return true;
  return false;
}

// Names the commands that do take it.
Reply refused_option(const std::string& name, const CommandSpec* command) {
  if (command != nullptr && is_common(name))
    return usage_error(command->name + " takes no " + name, help_line(command));
  std::vector<std::string> takers;
  std::vector<std::string> known;
  for (const auto& one : grammar().commands) {
    for (const auto* option : grammar().options_of(one)) {
      if (option->name == name) takers.push_back(one.name);
      if (command == nullptr || &one == command) known.push_back(option->name);
    }
  }
  const auto hint = takers.empty()
                        ? meant(name, known)
                        : fmt::format(": it is an option of {}", fmt::join(takers, ", "));
  return usage_error(fmt::format("'{}' is not understood here{}", name, hint), help_line(command));
}

// Of options that exclude each other, the two that were given; empty: it is all right.
std::string wrong_together(const CommandSpec& command, const Sorted& sorted) {
  std::string first;
  for (const auto& name : command.exclusive) {
    if (!sorted.has(name)) continue;
    if (!first.empty()) return fmt::format("{} and {} exclude each other", first, name);
    first = name;
  }
  return {};
}

// Why an option that was written is not taken; nothing: it is.
std::optional<Reply> take_option(const Written& written,
                                 const CommandSpec& command,
                                 CommandLine& line) {
  const auto options = grammar().options_of(command);
  const auto same = [&written](const OptionSpec* one) { return one->name == written.spec->name; };
  const auto own = std::ranges::find_if(options, same);
  if (own == options.end()) return refused_option(written.spec->name, &command);
  const std::string wrong = (*own)->take(line, written.value);
  if (wrong.empty()) return std::nullopt;
  return usage_error(written.spec->name + ": " + wrong, help_line(&command));
}

std::optional<Reply> take_options(const Sorted& sorted,
                                  const CommandSpec& command,
                                  CommandLine& line) {
  std::vector<std::string> seen;
  for (const auto& written : sorted.options) {
    const auto& name = written.spec->name;
    if (!written.spec->repeats && std::ranges::find(seen, name) != seen.end())
      return usage_error(name + " is given twice", help_line(&command));
    seen.push_back(name);
    if (auto reply = take_option(written, command, line)) return reply;
  }
  return std::nullopt;
}

std::optional<Reply> take_arguments(const std::vector<std::string>& words,
                                    const CommandSpec& command,
                                    CommandLine& line) {
  if (command.arguments.empty())
    return words.empty() ? std::nullopt : std::optional(refused_word(words.front(), &command));
  const ArgumentSpec& argument = command.arguments.front();
  if (words.empty() && argument.is_required)
    return usage_error(fmt::format("{} wants {}: {}", command.name, argument.name, argument.wanted),
                       help_line(&command));
  if (words.size() > 1 && !argument.repeats) return refused_word(words[1], &command);
  for (const auto& word : words) {
    const auto wrong = argument.take(line, word);
    if (!wrong.empty()) return usage_error(wrong, help_line(&command));
  }
  return std::nullopt;
}

Reply help_about(const std::string& name) {
  if (name.empty()) return {0, help_text(nullptr), ""};
  const CommandSpec* const command = grammar().find(name);
  if (command == nullptr) return refused_word(name, nullptr);
  return {0, help_text(command), ""};
}

std::variant<CommandLine, Reply> taken(const Sorted& sorted,
                                       const std::vector<std::string>& words,
                                       const CommandSpec& command) {
  CommandLine line;
  line.task = command.task;
  if (auto reply = take_options(sorted, command, line)) return *std::move(reply);
  auto wrong = wrong_together(command, sorted);
  if (!wrong.empty()) return usage_error(wrong, help_line(&command));
  if (auto reply = take_arguments(words, command, line)) return *std::move(reply);
  if (command.check) wrong = command.check(line);
  if (!wrong.empty()) return usage_error(wrong, help_line(&command));
  if (line.task == Task::Help) return help_about(line.help_of);
  return line;
}

}  // namespace

std::variant<CommandLine, Reply> parse_command_line(int argc, const char* const* argv) {
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  if (auto page = page_of(arguments)) return *std::move(page);
  Sorted sorted = sort_arguments(arguments);
  auto words = sorted.words;
  const CommandSpec* const command = take_command(words);
  if (sorted.has("--help") && (command != nullptr || words.empty()))
    return Reply{0, help_text(command), ""};
  if (sorted.has("--version")) return Reply{0, "quotecache " + std::string(version()) + '\n', ""};
  if (!sorted.unknown.empty()) return refused_option(sorted.unknown, command);
  if (command == nullptr && !words.empty()) return refused_word(words.front(), nullptr);
  if (!sorted.lacking.empty()) return usage_error(sorted.lacking, help_line(command));
  if (command == nullptr)
    return usage_error(fmt::format("a command is wanted: {}", fmt::join(command_words(""), ", ")),
                       help_line(nullptr));
  return taken(sorted, words, *command);
}

}  // namespace quotecache::cli
