#include "app/command_line.hpp"

#include <cstdint>
#include <string>

#include <CLI/CLI.hpp>
#include <sysexits.h>

#include "app/version.hpp"

namespace quotecached::app {

namespace {

constexpr std::int64_t kMostCredits = 1'000'000'000'000;  // as of the setting

// CLI11's own words for a range do not say that a unit is one too many.
CLI::Validator whole_seconds() {
  const auto check = [](const std::string& text) -> std::string {
    const bool is_number = !text.empty() && text.size() <= 5 &&
                           text.find_first_not_of("0123456789") == std::string::npos;
    if (is_number && std::stoi(text) <= 86400) return {};
    return "takes whole seconds from 0 to 86400, without a unit";
  };
  return {check, "SECONDS"};
}

// What the settings say of it ends with another status than a wrong command line.
CLI::Validator key_and_value() {
  const auto check = [](const std::string& text) -> std::string {
    const auto equals = text.find('=');
    if (equals != std::string::npos && equals > 0) return {};
    return "must be followed by key=value, not '" + text.substr(0, equals) + "'";
  };
  return {check, "KEY=VALUE"};
}

// The word of the format goes to `format`.
CLI::App* add_simulate(CLI::App& cli, SimulateCommand& wanted, std::string& format) {
  CLI::App* const command = cli.add_subcommand(
      "simulate", "Replays a trace of requests: what would plans of the provider have bought?");
  command->fallthrough();  // --config and --set may follow it
  command->add_option("--trace", wanted.trace, "The trace (see usage.trace)")
      ->type_name("FILE")
      ->required();
  command->add_option("--plan", wanted.plans, "A plan of the provider, by name; repeatable")
      ->allow_extra_args(false);
  command->add_option("--per-month", wanted.per_month, "Credits a month, 0: no cap; repeatable")
      ->allow_extra_args(false)
      ->check(CLI::Range(std::int64_t{0}, kMostCredits));
  command->add_option("--format", format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  command->add_option("--tick", wanted.tick_seconds, "Seconds after which the data turn over")
      ->check(whole_seconds())
      ->capture_default_str();
  command->add_option("--late", wanted.late_seconds, "Seconds by which they are served later")
      ->check(whole_seconds())
      ->capture_default_str();
  return command;
}

}  // namespace

std::variant<CommandLine, int> parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  bool check = false;
  bool print = false;
  CLI::App cli(
      "Serves crypto quotes out of a cache, so that every API credit buys as much freshness as it "
      "can.",
      "quotecached");
  cli.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("quotecached: ") + error.what() +
           "\nquotecached --help lists the options.\n";
  });
  cli.set_version_flag("--version,-V", std::string("quotecached ") + kVersion);
  cli.add_option("--config,-c", line.config, "Settings file (TOML)");
  cli.add_option("--set,-s", line.sets, "One setting, over file and environment: key=value")
      ->allow_extra_args(false)
      ->check(key_and_value());
  cli.add_flag("--check", check, "Check the settings, then leave: status 0 when they are right");
  cli.add_flag("--print-config", print, "Print every setting with its origin, then leave");
  std::string format = "table";
  const CLI::App* const simulation = add_simulate(cli, line.simulate, format);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int status = cli.exit(error);
    return status == 0 ? 0 : EX_USAGE;
  }
  if (check) line.mode = CommandLine::Mode::Check;
  if (print) line.mode = CommandLine::Mode::PrintConfig;
  if (simulation->parsed()) line.mode = CommandLine::Mode::Simulate;
  line.simulate.format = simulate::parse_format(format).value_or(simulate::Format::Table);
  return line;
}

}  // namespace quotecached::app
