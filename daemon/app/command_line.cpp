#include "app/command_line.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>
#include <sysexits.h>

#include "app/version.hpp"
#include "load/comparison.hpp"
#include "settings/value.hpp"

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
  command->add_option("--names", wanted.names, "An answer of /v1/cryptocurrency/map")
      ->type_name("FILE");
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

// The words of `bench` that stand for something else.
struct BenchWords {
  std::string scenario = "hot";
  std::string duration = "10s";
  std::string report = "table";
  std::string threshold = "5%";
};

constexpr milliseconds kShortestBench{100};
constexpr milliseconds kLongestBench{std::chrono::hours(1)};

CLI::Validator bench_duration() {
  const auto check = [](const std::string& text) -> std::string {
    const auto length = settings::parse_duration(text);
    if (!length) return length.error().message;
    if (*length < kShortestBench || *length > kLongestBench) return "must be 100ms to 1h";
    return {};
  };
  return {check, "DURATION"};
}

// "5%", or "5": the part of 1.
std::optional<double> parse_percent(std::string text) {
  if (text.ends_with('%')) text.pop_back();
  double percent = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, percent);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  if (!(percent >= 0 && percent <= 1000)) return std::nullopt;
  return percent / 100;
}

CLI::Validator bench_threshold() {
  const auto check = [](const std::string& text) -> std::string {
    return parse_percent(text) ? "" : "must be 0% to 1000%";
  };
  return {check, "PERCENT"};
}

void add_what_bench_asks(CLI::App& command, BenchCommand& wanted, BenchWords& words) {
  command.add_option("--scenario", words.scenario, "What is asked")
      ->check(CLI::IsMember({"hot", "mixed", "cold", "herd", "outage", "trace"}))
      ->capture_default_str();
  command.add_option("trace", wanted.trace, "Of --scenario trace: the trace (see usage.trace)")
      ->type_name("FILE");
  command.add_option("--target", wanted.target, "A daemon that runs; else one is started for it")
      ->type_name("URL");
  command.add_option("--token-file", wanted.token_file, "A file with a token for the target")
      ->type_name("FILE");
  command.add_flag("--spend", wanted.spends, "New assets may cost the target's account credits");
  command.add_option("--concurrency", wanted.concurrency, "Connections")
      ->check(CLI::Range(std::size_t{1}, std::size_t{4000}))
      ->capture_default_str();
  command.add_option("--rate", wanted.rate, "Requests a second, 0: as fast as they are answered")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command.add_option("--duration", words.duration, "How long it is loaded")
      ->check(bench_duration())
      ->capture_default_str();
  command.add_option("--rounds", wanted.rounds, "In so many parts, 0: of a second or more")
      ->check(CLI::Range(std::size_t{0}, std::size_t{10}))
      ->capture_default_str();
}

CLI::App* add_bench(CLI::App& cli, BenchCommand& wanted, BenchWords& words) {
  CLI::App* const command = cli.add_subcommand(
      "bench", "Loads a daemon: how does it do on this machine, and has it got worse?");
  command->fallthrough();  // --set may follow it
  add_what_bench_asks(*command, wanted, words);
  command->add_option("--report", words.report, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->add_option("--compare", wanted.baseline, "An earlier report (JSON): status 1 when worse")
      ->type_name("FILE");
  command->add_option("--threshold", words.threshold, "By how much a ratio may have grown")
      ->check(bench_threshold())
      ->capture_default_str();
  command->add_option("--figures", wanted.figures, "Which are compared: cpu,p50,p99,wrong")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember(load::compared_figures()));
  return command;
}

// Requires: checked words.
void read_words(const BenchWords& words, BenchCommand& wanted) {
  wanted.scenario = load::parse_scenario(words.scenario).value_or(load::Scenario::Hot);
  wanted.is_json = words.report == "json";
  if (const auto length = settings::parse_duration(words.duration)) wanted.duration = *length;
  if (const auto part = parse_percent(words.threshold)) wanted.threshold = *part;
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
  BenchWords words;
  const CLI::App* const bench = add_bench(cli, line.bench, words);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int status = cli.exit(error);
    return status == 0 ? 0 : EX_USAGE;
  }
  if (check) line.mode = CommandLine::Mode::Check;
  if (print) line.mode = CommandLine::Mode::PrintConfig;
  if (simulation->parsed()) line.mode = CommandLine::Mode::Simulate;
  if (bench->parsed()) line.mode = CommandLine::Mode::Bench;
  read_words(words, line.bench);
  line.simulate.format = simulate::parse_format(format).value_or(simulate::Format::Table);
  return line;
}

}  // namespace quotecached::app
