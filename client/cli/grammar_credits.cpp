#include <utility>

#include <fmt/format.h>

#include "cli/grammar.hpp"
#include "cli/option_values.hpp"
#include "cli/period.hpp"
#include "cli/run.hpp"
#include "quotecache/report.hpp"

namespace quotecache::cli {
namespace {

// The daemon's level, whichever table is shown.
std::vector<StatusSpec> level_statuses() {
  return {{0, "all is well"},
          {kWarning,
           "a warning: an alert of that level holds, or day or month are above the first of "
           "credits.thresholds"},
          {kCritical, "critical: such an alert holds, or day or month are above the second"},
          unreachable_status(),
          usage_status()};
}

void add_page(CommandSpec& command) {
  command.options = {
      number_option(
          "--limit",
          "Rows, the newest first, up to 1000 (default 50)",
          1,
          kMostPageRows,
          [](CommandLine& line, std::int64_t n) { line.limit = static_cast<std::size_t>(n); }),
      text_option("--cursor",
                  "TEXT",
                  "Go on where the page before ended",
                  [](CommandLine& line, std::string text) { line.cursor = std::move(text); })};
}

OptionSpec day_option(std::string name, std::string help, std::string PeriodWords::* put) {
  auto option = text_option(std::move(name), "DATE", std::move(help), {});
  option.take = [put](CommandLine& line, const std::string& text) {
    line.period.*put = text;
    return wrong_day(text);
  };
  return option;
}

OptionSpec month_option() {
  auto option = text_option("--month", "YYYY-MM", "A month of the calendar, UTC", {});
  option.take = [](CommandLine& line, const std::string& text) {
    line.period.month = text;
    return wrong_month(text);
  };
  return option;
}

OptionSpec billing_option() {
  auto option = word_option(
      "--billing-month",
      "From the plan's last reset to now; --billing-month=previous: the one before",
      {"current", "previous"},
      [](CommandLine& line, std::string word) { line.period.billing = std::move(word); });
  option.without = "current";
  return option;
}

// One of these says what of time a report is of.
void add_period(CommandSpec& command) {
  command.options.push_back(month_option());
  command.options.push_back(day_option("--from", "The first day, UTC", &PeriodWords::from));
  command.options.push_back(day_option("--to", "The last day, included", &PeriodWords::to));
  command.options.push_back(billing_option());
  command.exclusive = {"--days", "--month", "--from", "--billing-month"};
  command.check = [](CommandLine& line) -> std::string {
    const auto& [month, from, to, billing] = line.period;
    if (from.empty() != to.empty()) return "--from and --to need each other";
    return take_period(line.period, line.report);
  };
}

void add_report(CommandSpec& command) {
  command.options = {
      number_option(
          "--days",
          fmt::format("Days of UTC, today included, up to {} (default 7)", kMostReportDays),
          1,
          kMostReportDays,
          [](CommandLine& line, std::int64_t n) { line.report.days = static_cast<int>(n); }),
      word_option("--by",
                  "endpoint, client, asset, cause or day (default endpoint)",
                  {"endpoint", "client", "asset", "cause", "day"},
                  [](CommandLine& line, const std::string& word) {
                    line.report.by = parse_grouping(word).value_or(Grouping::Endpoint);
                  }),
      number_option(
          "--limit",
          "Rows to show at most (default all)",
          1,
          1'000'000,
          [](CommandLine& line, std::int64_t n) { line.limit = static_cast<std::size_t>(n); })};
}

const std::vector<std::string>& mode_words() {
  static const std::vector<std::string> words{
      "normal", "economise", "foreground_only", "cache_only", "auto"};
  return words;
}

void add_mode(CommandSpec& command) {
  command.arguments = {{"MODE",
                        "normal, economise, foreground_only, cache_only, or auto",
                        "normal, economise, foreground_only, cache_only, or auto",
                        [](CommandLine& line, const std::string& word) {
                          auto wrong = wrong_word(word, mode_words());
                          line.mode = parse_spend_mode(word).value_or(SpendMode::Automatic);
                          return wrong;
                        },
                        mode_words()}};
  command.options = {time_option("--for",
                                 "How long: 90s, 15m, 2h, 7d (default 1h)",
                                 [](CommandLine& line, auto time) { line.life = time; })};
  command.check = [](const CommandLine& line) -> std::string {
    return line.mode == SpendMode::Automatic && line.life ? "auto takes no --for" : "";
  };
  command.statuses = {{0, "the spend mode is ordered"}, unreachable_status(), usage_status()};
}

CommandSpec credits_command(std::string name, Task task, std::string summary) {
  CommandSpec command;
  command.name = std::move(name);
  command.task = task;
  command.summary = std::move(summary);
  command.statuses = level_statuses();
  return command;
}

CommandSpec state_command() {
  auto command = credits_command("credits", Task::State, "How credits stand now");
  command.text = {
      "Windows, spend mode, freshness, forecast, problems, alerts and clients. The exit "
      "status is the daemon's level, as Nagios, Icinga and Sensu expect of a check. Needs "
      "an admin token where the daemon has tokens."};
  command.examples = {{"quotecache credits", "how credits stand"},
                      {"quotecache credits --format csv", "a line for each window, for a log"}};
  return command;
}

CommandSpec report_command() {
  auto command =
      credits_command("credits report", Task::Report, "What was spent and saved, by whom");
  command.text = {
      "As far back as the daemon keeps its days (usage.keep_days): the heading tells those "
      "that are covered."};
  add_report(command);
  add_period(command);
  command.examples = {{"quotecache credits report", "the last 7 days by endpoint"},
                      {"quotecache credits report --days 30 --by client", "a month by client"},
                      {"quotecache credits report --month 2026-10", "October"},
                      {"quotecache credits report --billing-month", "since the plan's reset"}};
  return command;
}

CommandSpec forecast_command() {
  auto command = credits_command(
      "credits forecast", Task::Forecast, "Whether day and month last until they reset");
  command.examples = {{"quotecache credits forecast", "when day and month will be spent"}};
  return command;
}

CommandSpec calls_command() {
  auto command =
      credits_command("credits calls", Task::Calls, "Calls to the provider, newest first");
  add_page(command);
  command.examples = {{"quotecache credits calls --limit 10", "the last ten calls"}};
  return command;
}

CommandSpec alerts_command() {
  auto command =
      credits_command("credits alerts", Task::Alerts, "Alerts and recoveries, newest first");
  add_page(command);
  command.examples = {{"quotecache credits alerts --format json", "the last 50, for a program"}};
  return command;
}

CommandSpec mode_command() {
  auto command = credits_command("credits mode", Task::Mode, "Order a spend mode for a time");
  command.text = {
      "What may be paid for until the time is up: all (normal), what is worth its price "
      "(economise), what somebody waits for (foreground_only), or nothing (cache_only). auto "
      "ends the order."};
  add_mode(command);
  command.examples = {
      {"quotecache credits mode cache_only --for 2h", "spend nothing for two hours"},
      {"quotecache credits mode auto", "end the order"}};
  return command;
}

}  // namespace

std::vector<CommandSpec> credits_commands() {
  return {state_command(),
          report_command(),
          forecast_command(),
          calls_command(),
          alerts_command(),
          mode_command()};
}

}  // namespace quotecache::cli
