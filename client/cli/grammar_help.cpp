#include "cli/grammar.hpp"

namespace quotecache::cli {

CommandSpec help_command() {
  CommandSpec command;
  command.name = "help";
  command.task = Task::Help;
  command.summary = "Tell how a command is used";
  ArgumentSpec argument{"COMMAND",
                        "The command; none: all of them",
                        "",
                        [](CommandLine& line, const std::string& word) {
                          line.help_of += (line.help_of.empty() ? "" : " ") + word;
                          return std::string();
                        }};
  argument.is_required = false;
  argument.repeats = true;
  command.arguments = {argument};
  command.asks_daemon = false;
  command.has_formats = false;
  command.examples = {{"quotecache help credits report", "how reports are asked for"}};
  command.statuses = {{0, "told"}, usage_status()};
  return command;
}

}  // namespace quotecache::cli
