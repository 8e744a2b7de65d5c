// What a command is described by. Of this the parser, help, the manual page and completion are
// made.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line.hpp"

namespace quotecache::cli {

// Takes what was written into the line. Returns what is wrong with it; empty: nothing.
using Take = std::function<std::string(CommandLine&, const std::string&)>;

struct OptionSpec {
  std::string name;   // "--days"
  std::string value;  // what is written behind it, "N"; empty: nothing is
  std::string help;   // says the default too
  Take take;
  std::vector<std::string> words{};  // all that the value may be; empty: anything
  bool is_file = false;              // the value is the path of a file
  bool repeats = false;              // may be given several times
  std::string without{};             // the value where none is written; empty: one must be. Another
                                     // is then written with "=" only

  [[nodiscard]] bool is_flag() const noexcept { return value.empty(); }
  [[nodiscard]] bool takes_next_word() const noexcept { return !value.empty() && without.empty(); }
};

// A word that is no option.
struct ArgumentSpec {
  std::string name;  // "ASSET"
  std::string help;
  std::string wanted;  // what to write where it is lacking: "an id, a symbol or a slug"
  Take take;
  std::vector<std::string> words{};
  bool is_required = true;
  bool repeats = false;
};

struct ExampleSpec {
  std::string line;
  std::string says;
};

struct StatusSpec {
  int status = 0;
  std::string means;
};

struct CommandSpec {
  std::string name;  // "credits report"
  Task task = Task::Help;
  std::string summary;              // for a list of commands
  std::vector<std::string> text{};  // paragraphs
  std::vector<OptionSpec> options{};
  std::vector<ArgumentSpec> arguments{};
  std::vector<std::string> exclusive{};  // options of which one at most may be given
  std::vector<ExampleSpec> examples{};
  std::vector<StatusSpec> statuses{};
  bool asks_daemon = true;  // takes --server, --token-file and --timeout
  bool has_formats = true;  // takes --format and --width
  // Puts together what several options say. What is wrong with the whole; empty: nothing.
  std::function<std::string(CommandLine&)> check{};

  // The name's last word.
  [[nodiscard]] std::string_view last_word() const noexcept {
    const auto blank = name.rfind(' ');
    return std::string_view(name).substr(blank == std::string::npos ? 0 : blank + 1);
  }
};

}  // namespace quotecache::cli
