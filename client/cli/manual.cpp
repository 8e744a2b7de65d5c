#include <cctype>
#include <string_view>

#include <fmt/format.h>

#include "cli/grammar.hpp"
#include "cli/help.hpp"
#include "cli/pages.hpp"
#include "quotecache/version.hpp"

namespace quotecache::cli {
namespace {

// Text for roff: no character of it is a command, and '-' is what a shell takes for one.
std::string roff(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else if (c == '\'') {
      result += "\\(aq";
    } else {
      if (result.empty() && c == '.') result += "\\&";
      result += c;
    }
  }
  return result;
}

std::string paragraph_of(std::string_view text) { return ".PP\n" + roff(text) + '\n'; }

// "\fB--days\fR \fIN\fR".
std::string option_term(const OptionSpec& option) {
  std::string text = "\\fB" + roff(option.name) + "\\fR";
  if (option.is_flag()) return text;
  const std::string value = "\\fI" + roff(option.value) + "\\fR";
  return option.without.empty() ? text + " " + value : text + "[=" + value + "]";
}

std::string term(std::string_view what, std::string_view meaning) {
  return fmt::format(".TP\n{}\n{}\n", what, roff(meaning));
}

std::string options_terms(const std::vector<OptionSpec>& options) {
  std::string text;
  for (const auto& option : options) text += term(option_term(option), option.help);
  return text;
}

std::string status_terms(const std::vector<StatusSpec>& statuses) {
  std::string text;
  for (const auto& status : statuses)
    text += term("\\fB" + fmt::to_string(status.status) + "\\fR", status.means);
  return text;
}

// The usage without the program's name and what all commands take.
std::string heading_of(const CommandSpec& command) {
  std::string text = "\\fB" + roff(command.name) + "\\fR";
  for (const auto& argument : command.arguments) {
    const std::string word = "\\fI" + argument.name + "\\fR" + (argument.repeats ? "..." : "");
    text += argument.is_required ? " " + word : " [" + word + "]";
  }
  return text;
}

std::string examples_of(const CommandSpec& command) {
  std::string text = ".PP\nExamples:\n";
  for (const auto& example : command.examples)
    text += term("\\fB" + roff(example.line) + "\\fR", example.says);
  return text;
}

std::string command_section(const CommandSpec& command) {
  std::string text = ".SS " + heading_of(command) + '\n' + roff(command.summary) + ".\n";
  for (const auto& paragraph : command.text) text += paragraph_of(paragraph);
  for (const auto& argument : command.arguments)
    text += term("\\fI" + roff(argument.name) + "\\fR", argument.help);
  text += options_terms(command.options);
  if (!command.exclusive.empty()) {
    std::string list;
    for (const auto& name : command.exclusive) list += (list.empty() ? "" : ", ") + name;
    text += paragraph_of("At most one of " + list + ".");
  }
  text += examples_of(command);
  return text + ".PP\nExit status:\n" + status_terms(command.statuses);
}

std::string in_capitals(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string section(std::string_view title, const std::string& body) {
  return fmt::format(".SH {}\n{}", title, body);
}

std::string synopsis() {
  return "\\fBquotecache\\fR \\fICOMMAND\\fR [\\fIARGUMENT\\fR]... [\\fIOPTION\\fR]...\n.PP\n"
         "\\fBquotecache help\\fR [\\fICOMMAND\\fR]\n";
}

std::string options_text() {
  return "Options stand anywhere, before or behind the command, as \\fB\\-\\-name\\fR "
         "\\fIvalue\\fR or "
         "\\fB\\-\\-name=\\fR\\fIvalue\\fR. These are taken by all commands that ask a daemon, but "
         "for "
         "\\fBraw\\fR, which has no formats:\n" +
         options_terms(grammar().connection) + options_terms(grammar().display) +
         ".PP\nThese by all:\n" + options_terms(grammar().general);
}

std::string environment_text() {
  std::string text;
  for (const auto& variable : environment_variables())
    text += term("\\fB" + roff(variable.line) + "\\fR", variable.says);
  return text;
}

}  // namespace

std::string manual_page() {
  std::string commands;
  for (const auto& command : grammar().commands) commands += command_section(command);
  const std::string name = "quotecache";
  return fmt::format(
             ".\\\" Made by: quotecache --print man\n.TH {} 1 \"\" \"quotecached {}\" \"User "
             "Commands\"\n",
             in_capitals(name),
             version()) +
         section("NAME", name + " \\- ask a running quotecached\n") +
         section("SYNOPSIS", synopsis()) + section("DESCRIPTION", roff(program_summary()) + '\n') +
         section("OPTIONS", options_text()) + section("COMMANDS", commands) +
         section(
             "EXIT STATUS",
             "Each command tells its own. In all they are:\n" + status_terms(common_statuses())) +
         section("ENVIRONMENT", environment_text());
}

}  // namespace quotecache::cli
