#include "cli/completion.hpp"

#include "cli/grammar.hpp"

namespace quotecache::cli {

std::vector<const CommandSpec*> commands_below(std::string_view name) {
  std::vector<const CommandSpec*> below;
  for (const auto& command : grammar().commands) {
    const auto blank = command.name.rfind(' ');
    const auto parent =
        std::string_view(command.name).substr(0, blank == std::string::npos ? 0 : blank);
    if (parent == name) below.push_back(&command);
  }
  return below;
}

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + '\'';
}

}  // namespace quotecache::cli
