#include <utility>

#include "cli/grammar.hpp"
#include "cli/health.hpp"
#include "cli/option_values.hpp"
#include "cli/raw.hpp"
#include "cli/reload.hpp"

namespace quotecache::cli {
namespace {

CommandSpec raw_command() {
  CommandSpec command;
  command.name = "raw";
  command.task = Task::Raw;
  command.summary = "The daemon's answer to a path, as it comes";
  command.text = {
      "Prints the body byte for byte, of any status, and nothing else. The path may be the "
      "provider's or one of the daemon's own. Blanks and the like in it are "
      "percent-encoded."};
  command.arguments = {{"PATH",
                        "Path and query: '/v1/cryptocurrency/map?limit=5'",
                        "a path and query such as '/v1/cryptocurrency/map?limit=5'",
                        [](CommandLine& line, const std::string& word) {
                          line.path = word;
                          return word.starts_with('/')
                                     ? std::string()
                                     : "'" + word + "' is no path: it begins with '/'";
                        }}};
  command.options = {flag_option("--head",
                                 "Show the status and the headers too, on standard error",
                                 [](CommandLine& line) { line.shows_head = true; })};
  command.has_formats = false;
  command.examples = {
      {"quotecache raw '/v1/cryptocurrency/map?limit=5'", "an answer in the provider's shape"},
      {"quotecache raw --head '/quotes?ids=1&format=csv'", "the daemon's own, with its headers"}};
  command.statuses = {{0, "an answer of status 200 to 299"},
                      {kOtherStatus, "an answer of another status, told on standard error"},
                      unreachable_status(),
                      usage_status()};
  return command;
}

CommandSpec health_command() {
  CommandSpec command;
  command.name = "health";
  command.task = Task::Health;
  command.summary = "Whether the daemon is well";
  command.text = {"What it checks of itself, and what is wrong. Needs no token."};
  command.examples = {{"quotecache health", "each check of the daemon, and what was measured"},
                      {"quotecache health --timeout 2 >/dev/null || alarm", "in a script"}};
  command.statuses = {{0, "healthy"},
                      {kDegraded, "degraded: a check warns, requests are served"},
                      {kUnhealthy, "unhealthy: a check fails"},
                      unreachable_status(),
                      usage_status()};
  return command;
}

CommandSpec reload_command() {
  CommandSpec command;
  command.name = "reload";
  command.task = Task::Reload;
  command.summary = "Have the daemon read its settings anew";
  command.text = {
      "Settings and tokens are read as at the start, whole or not at all, and no request fails. "
      "Tells what is taken up, and what needs a restart and stays as it was; where anything is "
      "wrong, all of it, and nothing changes. Needs an admin token where the daemon has tokens."};
  command.examples = {{"quotecache reload", "what changed"},
                      {"quotecache reload --format csv", "the same for a program"}};
  command.statuses = {{0, "all that differs is taken up"},
                      {kNeedsRestart, "some of it needs a restart"},
                      unreachable_status(),
                      usage_status(),
                      {kRefusedSettings, "the settings are wrong; nothing changed"}};
  return command;
}

}  // namespace

std::vector<CommandSpec> daemon_commands() {
  return {health_command(), raw_command(), reload_command()};
}

}  // namespace quotecache::cli
