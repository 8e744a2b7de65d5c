// The description of the commands, and that all that is made of it tells all there is.
#include "cli/grammar.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include <doctest/doctest.h>

#include "cli/help.hpp"
#include "cli/pages.hpp"

namespace quotecache::cli::test {
namespace {

bool tells(const std::string& page, const std::string& what) {
  const bool is_there = page.find(what) != std::string::npos;
  if (!is_there) MESSAGE("no '", what, "'");
  return is_there;
}

// As roff has it: every '-' is escaped.
std::string in_roff(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '-' ? std::string("\\-") : std::string(1, c);
  return escaped;
}

// The part of a page from one mark to the next.
std::string part_of(const std::string& page, const std::string& begin, const std::string& end) {
  const auto from = page.find(begin);
  REQUIRE_MESSAGE(from != std::string::npos, begin);
  return page.substr(from, page.find(end, from + begin.size()) - from);
}

// Words of an example, as a shell splits them, up to a pipe or the like.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words(1);
  bool is_quoted = false;
  for (const char c : line) {
    if (c == '\'') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && (c == '|' || c == '>')) {
      break;
    } else if (!is_quoted && c == ' ') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  std::erase(words, "");
  return words;
}

std::variant<CommandLine, Reply> parse(const std::vector<std::string>& words) {
  std::vector<const char*> pointers;
  for (const auto& word : words) pointers.push_back(word.c_str());
  return parse_command_line(static_cast<int>(pointers.size()), pointers.data());
}

}  // namespace

TEST_SUITE("client::grammar") {
  TEST_CASE("each command has a summary, examples and exit statuses") {
    std::set<std::string> names;
    for (const auto& command : grammar().commands) {
      CAPTURE(command.name);
      CHECK(names.insert(command.name).second);
      CHECK_FALSE(command.summary.empty());
      CHECK_FALSE(command.examples.empty());
      REQUIRE_FALSE(command.statuses.empty());
      for (std::size_t at = 1; at < command.statuses.size(); ++at)
        CHECK(command.statuses[at - 1].status < command.statuses[at].status);
      for (const auto& name : command.exclusive) CHECK(grammar().any_option(name) != nullptr);
    }
  }

  TEST_CASE("an option takes a value in all commands or in none") {
    std::map<std::string, bool> flags;
    for (const auto& command : grammar().commands) {
      for (const auto* option : grammar().options_of(command)) {
        CAPTURE(option->name);
        CHECK(option->name.starts_with("--"));
        CHECK_FALSE(option->help.empty());
        CHECK(flags.emplace(option->name, option->is_flag()).first->second == option->is_flag());
        CHECK(grammar().any_option(option->name)->is_flag() == option->is_flag());
      }
    }
  }

  TEST_CASE("every example is a command line that is understood") {
    for (const auto& command : grammar().commands) {
      for (const auto& example : command.examples) {
        CAPTURE(example.line);
        const auto parsed = parse(words_of(example.line));
        if (const auto* const reply = std::get_if<Reply>(&parsed)) {
          CHECK_MESSAGE(reply->status == 0, reply->err);
        } else {
          CHECK(std::get<CommandLine>(parsed).task == command.task);
        }
      }
    }
  }

  TEST_CASE("common options stand anywhere") {
    for (const auto& words :
         std::vector<std::vector<std::string>>{{"--format", "csv", "credits", "report"},
                                               {"credits", "--format=csv", "report"},
                                               {"credits", "report", "--format", "csv"}}) {
      auto all = words;
      all.insert(all.begin(), "quotecache");
      const auto parsed = parse(all);
      REQUIRE(std::holds_alternative<CommandLine>(parsed));
      CHECK(std::get<CommandLine>(parsed).task == Task::Report);
      CHECK(std::get<CommandLine>(parsed).format == Format::Csv);
    }
  }

  TEST_CASE("help is asked for in each way") {
    const auto help = help_text(grammar().find("credits report"));
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"quotecache", "help", "credits", "report"},
             {"quotecache", "credits", "report", "--help"},
             {"quotecache", "--help", "credits", "report", "--days", "0"},
             {"quotecache", "credits", "-h", "report"}}) {
      const auto parsed = parse(words);
      REQUIRE(std::holds_alternative<Reply>(parsed));
      CHECK(std::get<Reply>(parsed).status == 0);
      CHECK(std::get<Reply>(parsed).out == help);
    }
    CHECK(std::get<Reply>(parse({"quotecache", "help"})).out == help_text(nullptr));
    CHECK(std::get<Reply>(parse({"quotecache", "-V"})).out.starts_with("quotecache "));
  }

  TEST_CASE("help fits 80 columns and tells every option and status") {
    const auto fits = [](const std::string& text) {
      std::istringstream lines(text);
      for (std::string line; std::getline(lines, line);) CHECK_MESSAGE(line.size() <= 80, line);
    };
    fits(help_text(nullptr));
    for (const auto& command : grammar().commands) {
      CAPTURE(command.name);
      const auto help = help_text(&command);
      fits(help);
      CHECK(tells(help_text(nullptr), "  " + command.name + " "));
      for (const auto& option : command.options) CHECK(tells(help, "  " + spelling_of(option)));
      for (const auto& status : command.statuses)
        CHECK(tells(help, "\n  " + std::to_string(status.status) + " "));
      CHECK(tells(help, "\nExamples:\n"));
    }
  }

  TEST_CASE("the manual page tells every option and status of every command") {
    const auto page = manual_page();
    for (const auto& command : grammar().commands) {
      CAPTURE(command.name);
      const auto part = part_of(page, ".SS \\fB" + command.name + "\\fR", "\n.S");
      for (const auto& option : command.options)
        CHECK(tells(part, "\n\\fB" + in_roff(option.name) + "\\fR"));
      for (const auto& status : command.statuses)
        CHECK(tells(part, "\n\\fB" + std::to_string(status.status) + "\\fR\n"));
    }
    for (const auto* group : {&grammar().connection, &grammar().display, &grammar().general})
      for (const auto& option : *group) CHECK(tells(page, "\\fB" + in_roff(option.name) + "\\fR"));
  }

  TEST_CASE("completions know every option of every command") {
    const auto bash = bash_completion();
    const auto zsh = zsh_completion();
    for (const auto& command : grammar().commands) {
      CAPTURE(command.name);
      const auto of_bash = part_of(bash, "\n    '" + command.name + "')\n", ";;\n");
      std::string name = command.name;
      std::ranges::replace(name, ' ', '_');
      const auto of_zsh = part_of(zsh, "\n_quotecache_" + name + "() {", "\n}\n");
      for (const auto* option : grammar().options_of(command)) {
        CHECK(tells(of_bash, option->name));
        const std::string sign = option->is_flag() ? "" : option->takes_next_word() ? "=" : "=-";
        CHECK(tells(of_zsh, option->name + sign + "["));
      }
    }
  }
}

}  // namespace quotecache::cli::test
