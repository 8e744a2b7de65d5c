#include "cli/grammar.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <sstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/asset_file.hpp"
#include "cli/duration.hpp"
#include "cli/look.hpp"
#include "cli/period.hpp"
#include "quotecache/version.hpp"

namespace quotecache::cli {
namespace {

constexpr const char* kFooter =
    "Exit status: 0 all is well, 1 a warning stands, 2 a critical alert stands or a limit is "
    "near,\n"
    "3 the daemon cannot be asked, 64 the command line is wrong.\n"
    "Environment: QUOTECACHE_SERVER, QUOTECACHE_TOKEN_FILE, NO_COLOR, COLUMNS.\n";

constexpr const char* kWarmFooter =
    "Exit status: 0 done (or, without --wait, begun), 1 partly, 2 nothing could be done, 3 the "
    "daemon\ncannot be asked, 4 a run is under way already, 64 the command line is wrong.\n"
    "A symbol that several assets share stands for all of them. A run is the daemon's: it goes on\n"
    "when this command is interrupted. Of a file of more than 5,000 assets the rest is then not\n"
    "ordered.\n"
    "Environment: QUOTECACHE_SERVER, QUOTECACHE_TOKEN_FILE.\n";

constexpr const char* kPurgeFooter =
    "What agrees with all that is given is purged: from memory at once, and no tier's copy of it "
    "is\n"
    "served any more, by this daemon and those that share its Redis.\n"
    "Exit status: 0 done everywhere (or only counted), 1 done here, but not confirmed by all "
    "others "
    "or\nnot kept in the database, 3 the daemon cannot be asked, 4 it wants --yes (or holds too "
    "many\n"
    "purges), 64 the command line is wrong.\n"
    "Environment: QUOTECACHE_SERVER, QUOTECACHE_TOKEN_FILE.\n";

constexpr const char* kLookFooter =
    "Exit status: 0 told, 3 the daemon cannot be asked, 64 the command line is wrong.\n"
    "Environment: QUOTECACHE_SERVER, QUOTECACHE_TOKEN_FILE, COLUMNS.\n";

const std::map<std::string, Format> kFormats{
    {"table", Format::Table}, {"json", Format::Json}, {"csv", Format::Csv}};

// The words that options and arguments take.
const std::vector<std::string> kFormatWords{"table", "json", "csv"};
const std::vector<std::string> kPlainFormatWords{"table", "json"};
const std::vector<std::string> kGroupingWords{"endpoint", "client", "asset", "cause", "day"};
const std::vector<std::string> kBillingWords{"current", "previous"};
const std::vector<std::string> kModeWords{
    "normal", "economise", "foreground_only", "cache_only", "auto"};

// The help says in words what a value may be.
CLI::Validator between(std::size_t least, std::size_t most) {
  return CLI::Range(least, most).description("");
}

CLI::Option* add_choice(CLI::App& app,
                        const char* name,
                        std::string& into,
                        const char* help,
                        const std::vector<std::string>& choices) {
  const CLI::Validator check = CLI::IsMember(choices);
  return app.add_option(name, into, help)->type_name("WORD")->check(check.description(""));
}

void add_connection(CLI::App& app, CommandLine& line, Words& words) {
  app.add_option("--server",
                 line.server,
                 "Where the daemon listens: http://HOST:PORT, https://HOST:PORT\nor unix:/PATH "
                 "(default http://127.0.0.1:8466)")
      ->type_name("URL");
  app.add_option(
         "--token-file", line.token_file, "File with the admin token, not readable by everyone")
      ->type_name("FILE");
  app.add_option("--timeout", words.timeout, "Seconds an answer may take (default 10)")
      ->type_name("N")
      ->check(between(1, 600));
}

void add_display(CLI::App& app, Words& words) {
  add_choice(app, "--format", words.format, "table, json or csv (default table)", kFormatWords);
  app.add_option("--width", words.width, "Columns of a line (default: the terminal's, or 80)")
      ->type_name("N")
      ->check(between(kLeastWidth, kMostWidth));
}

void add_page(CLI::App& app, CommandLine& line, Words& words) {
  app.add_option("--limit", words.limit, "Rows, the newest first, up to 1000 (default 50)")
      ->type_name("N")
      ->check(between(1, kMostPageRows));
  app.add_option("--cursor", line.cursor, "Go on where the page before ended")->type_name("TEXT");
}

// One of these says what of time a report is of.
void add_period(CLI::App& app, CommandLine& line) {
  const CLI::Validator is_day([](const std::string& text) { return wrong_day(text); }, "");
  auto* const days = app.add_option(
      "--days",
      line.report.days,
      fmt::format("Days of UTC, today included, up to {} (default 7)", kMostReportDays));
  days->type_name("N")->check(between(1, kMostReportDays));
  auto* const month = app.add_option("--month", line.period.month, "A month of the calendar, UTC");
  month->type_name("YYYY-MM")->check([](const std::string& text) { return wrong_month(text); });
  auto* const from = app.add_option("--from", line.period.from, "The first day, UTC");
  auto* const to = app.add_option("--to", line.period.to, "The last day, included");
  from->type_name("DATE")->check(is_day)->needs(to);
  to->type_name("DATE")->check(is_day)->needs(from);
  auto* const billing =
      app.add_flag("--billing-month{current}",
                   line.period.billing,
                   "From the plan's last reset to now; =previous: the one before");
  billing->check(CLI::IsMember(kBillingWords).description(""));
  for (auto* const option : {from, to}) option->excludes(days)->excludes(month)->excludes(billing);
  days->excludes(month)->excludes(billing);
  month->excludes(billing);
  app.parse_complete_callback([&line] {
    const std::string wrong = take_period(line.period, line.report);
    if (!wrong.empty()) throw CLI::ValidationError(wrong);
  });
}

void add_report(CLI::App& app, CommandLine& line, Words& words) {
  add_period(app, line);
  add_choice(app,
             "--by",
             words.by,
             "endpoint, client, asset, cause or day (default endpoint)",
             kGroupingWords);
  app.add_option("--limit", words.limit, "Rows to show at most (default all)")
      ->type_name("N")
      ->check(between(1, 1'000'000));
}

void add_mode(CLI::App& app, Words& words) {
  add_choice(app,
             "mode",
             words.mode,
             "normal, economise, foreground_only, cache_only, or auto",
             kModeWords)
      ->required();
  app.add_option("--for", words.life, "How long: 90s, 15m, 2h, 7d (default 1h)")
      ->type_name("TIME")
      ->check([](const std::string& text) {
        return parse_duration(text) ? std::string{}
                                    : "'" + text + "' is no duration from 1s to 31d such as 2h";
      });
}

// Blanks stand between assets as well as commas, as in a file.
std::vector<std::string> split(std::string list) {
  std::replace(list.begin(), list.end(), ',', ' ');
  std::istringstream in(std::move(list));
  return {std::istream_iterator<std::string>(in), {}};
}

// What a list of assets has that can be none; empty: nothing.
std::string wrong_in(const std::string& list) {
  const auto items = split(list);
  for (const auto& item : items) {
    if (!is_asset(item)) return "'" + item + "' is neither an id nor a symbol";
  }
  return items.empty() ? "a list of ids or symbols is wanted: 1,1027 or BTC,ETH" : std::string{};
}

// An empty word, of a variable that is not set perhaps, must not be taken for none.
std::string is_given(const std::string& word) {
  return word.empty() ? "a word is wanted" : std::string{};
}

void add_warm(CLI::App& app, CommandLine& line, Words& words) {
  auto* const what = app.add_option_group("What", "One of these; else the most asked assets");
  what->add_option("--popular", words.popular, "So many of the most asked assets")
      ->type_name("N")
      ->check(between(1, kMostWarmAssets));
  what->add_option("--window", line.warm.window, "The assets of this [[warm.window]]")
      ->type_name("NAME")
      ->check(is_given);
  what->add_flag("--due", line.warm.due, "Those of the windows that are open now, and pinned ones");
  what->add_option("--assets", words.assets, "These, by id or symbol: 1,1027 or BTC,ETH")
      ->type_name("LIST")
      ->check([](const std::string& list) { return wrong_in(list); });
  what->add_option(
          "--assets-file", line.assets_file, "Those in a file: ids or symbols, blanks between")
      ->type_name("FILE")
      ->check(is_given);
  what->add_flag("--runs", line.shows_runs, "Order nothing: show the last runs and windows");
  what->require_option(0, 1);
  app.add_option("--convert", line.warm.convert, "Currencies (default: those clients ask for)")
      ->type_name("LIST")
      ->check(is_given);
  app.add_option("--max-credits", words.max_credits, "Stop before it costs more")
      ->type_name("N")
      ->check(between(1, 1'000'000'000));
  app.add_flag("--dry-run", line.warm.dry_run, "Say what would be fetched and cost; fetch nothing");
  app.add_flag(
      "--explain", line.warm.explain, "Say of each asset why, and what became of it; waits");
  app.add_flag("--wait", line.waits, "Wait until all is done; the status then tells how it went");
}

CLI::Option* add_list(CLI::App& app,
                      const char* name,
                      std::vector<std::string>& into,
                      const char* help) {
  return app.add_option(name, into, help)->type_name("LIST")->delimiter(',')->check(is_given);
}

void add_purge(CLI::App& app, PurgeOrder& order) {
  add_list(app, "--asset", order.assets, "Assets by id, symbol or slug: 1,BTC,bitcoin");
  add_list(app, "--endpoint", order.endpoints, "Endpoints or families: v2.quotes,listings");
  add_list(app, "--convert", order.converts, "Currencies: USD,EUR");
  add_list(app, "--tag", order.tags, "The assets of these [tags] of the daemon's settings");
  app.add_option("--glob", order.globs, "Keys like this: 'qc1:v2.*'; can be given several times")
      ->type_name("GLOB")
      ->check(is_given);
  app.add_flag("--dry-run", order.dry_run, "Only count what would be purged");
  app.add_flag("--yes", order.yes, "Also when more than 100 entries go");
}

void add_explain(CLI::App& app, ExplainQuery& query) {
  app.add_option("asset", query.asset, "By id, symbol or slug: 1, BTC, slug:bitcoin")
      ->type_name("ASSET")
      ->check(is_given)
      ->required();
  app.add_option("--convert", query.convert, "The currency (default USD)")
      ->type_name("NAME")
      ->check(is_given);
  app.add_option("--endpoint", query.endpoint, "The endpoint (default v2.quotes)")
      ->type_name("NAME")
      ->check(is_given);
}

}  // namespace

Grammar::Grammar(CommandLine& line)
    : app_("Asks a running quotecached.", "quotecache"), line_(line) {
  app_.set_version_flag("--version,-V", "quotecache " + std::string(version()));
  app_.require_subcommand(1);
  app_.footer(kFooter);
  credits_ = app_.add_subcommand("credits", "Credits: how things stand now");
  credits_->require_subcommand(0, 1);
  credits_->footer(kFooter);
  add_connection(*credits_, line_, words_);
  add_display(*credits_, words_);
  add_report(*add("report", "What was spent and saved, by whom", Task::Report), line_, words_);
  add("forecast", "Whether the windows last until they reset", Task::Forecast);
  add_page(*add("calls", "Calls to the provider", Task::Calls), line_, words_);
  add_page(*add("alerts", "Alerts and recoveries", Task::Alerts), line_, words_);
  add_mode(*add("mode", "Order a spend mode", Task::Mode), words_);
  add_warm(*add_alone("warm", "Fetch ahead what clients will ask for", kWarmFooter, Task::Warm),
           line_,
           words_);
  add_purge(*add_alone("purge", "Serve copies no more", kPurgeFooter, Task::Purge), line_.purge);
  add_explain(
      *add_alone("explain", "Why an asset is answered as it is", kLookFooter, Task::Explain),
      line_.explain);
  add_alone("stats", "How the cache does", kLookFooter, Task::Stats);
}

CLI::App* Grammar::add(const char* name, const char* help, Task task) {
  CLI::App* const command = credits_->add_subcommand(name, help);
  command->footer(kFooter);
  add_connection(*command, line_, words_);
  if (task != Task::Mode) add_display(*command, words_);
  tasks_.emplace_back(command, task);
  return command;
}

CLI::App* Grammar::add_alone(const char* name, const char* help, const char* footer, Task task) {
  CLI::App* const command = app_.add_subcommand(name, help);
  command->footer(footer);
  add_connection(*command, line_, words_);
  add_choice(
      *command, "--format", words_.format, "table or json (default table)", kPlainFormatWords);
  alone_.emplace_back(command, task);
  return command;
}

Task Grammar::task() const {
  for (const auto* commands : {&alone_, &tasks_}) {
    for (const auto& [command, task] : *commands)
      if (command->parsed()) return task;
  }
  return Task::State;
}

std::vector<const CLI::App*> Grammar::commands() const {
  std::vector<const CLI::App*> all{credits_};
  for (const auto& [command, task] : alone_) all.push_back(command);
  for (const auto& [command, task] : tasks_) all.push_back(command);
  return all;
}

std::vector<std::string> Grammar::vocabulary() const {
  std::vector<std::string> words{"credits", "--help", "--version"};
  for (const auto* choices : {&kFormatWords, &kGroupingWords, &kModeWords})
    words.insert(words.end(), choices->begin(), choices->end());
  for (const CLI::App* command : commands()) {
    words.push_back(command->get_name());
    for (const CLI::Option* option : command->get_options()) words.push_back(option->get_name());
  }
  return words;
}

std::string Grammar::help_command() const {
  for (const auto& [command, task] : alone_)
    if (command->parsed()) return "quotecache " + command->get_name() + " --help";
  std::string path = "quotecache credits";
  for (const auto& [command, task] : tasks_)
    if (command->parsed()) path += " " + command->get_name();
  return path + " --help";
}

std::string Grammar::takers(const std::string& option) const {
  std::string names;
  for (const CLI::App* command : commands()) {
    if (command->get_option_no_throw(option) == nullptr) continue;
    const std::string path = command->get_parent() == credits_ ? "credits " : "";
    names += (names.empty() ? "" : ", ") + path + command->get_name();
  }
  return names;
}

void Grammar::take_words() {
  line_.task = task();
  if (words_.popular > 0) line_.warm.popular = words_.popular;
  if (words_.max_credits > 0) line_.warm.max_credits = words_.max_credits;
  line_.warm.assets = split(words_.assets);
  line_.format = kFormats.at(words_.format);
  line_.timeout = std::chrono::seconds(words_.timeout);
  line_.report.by = parse_grouping(words_.by).value_or(Grouping::Endpoint);
  line_.mode = parse_spend_mode(words_.mode).value_or(SpendMode::Automatic);
  line_.life = parse_duration(words_.life);
  if (words_.width > 0) line_.width = static_cast<std::size_t>(words_.width);
  if (words_.limit > 0) line_.limit = static_cast<std::size_t>(words_.limit);
}

}  // namespace quotecache::cli
