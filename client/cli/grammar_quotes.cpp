#include <utility>

#include "cli/asset_names.hpp"
#include "cli/get.hpp"
#include "cli/grammar.hpp"
#include "cli/option_values.hpp"
#include "cli/watch.hpp"

namespace quotecache::cli {
namespace {

const char* const kAboutAssets =
    "An asset is told by what it is written with: digits are an id (1), small letters a slug "
    "(bitcoin), all else a symbol (XRP). id:42, symbol:xrp and slug:42-coin say which it is. "
    "Commas "
    "may stand between assets too. Many coins share a symbol: an id or a slug is of one alone.";

ArgumentSpec assets_argument() {
  ArgumentSpec argument{"ASSET",
                        "By id, symbol or slug: 1, BTC, bitcoin",
                        "ids (1), symbols (BTC) or slugs (bitcoin)",
                        &take_assets};
  argument.repeats = true;
  return argument;
}

std::vector<OptionSpec> ask_options() {
  return {
      list_option("--convert",
                  "Currencies: USD,EUR (default USD)",
                  [](CommandLine& line, std::vector<std::string> items) {
                    line.ask.converts = std::move(items);
                  }),
      list_option("--fields",
                  "Figures as the provider names them: price,market_cap,cmc_rank (default price, "
                  "which is always there)",
                  [](CommandLine& line, std::vector<std::string> items) {
                    std::erase(items, "price");
                    line.ask.fields = std::move(items);
                  }),
      word_option("--ambiguous",
                  "Of a symbol that several coins share: list them, or take the first by rank "
                  "(default list)",
                  {"list", "first"},
                  [](CommandLine& line, const std::string& word) {
                    line.ask.takes_first = word == "first";
                  })};
}

CommandSpec get_command() {
  CommandSpec command;
  command.name = "get";
  command.task = Task::Get;
  command.summary = "Prices of assets";
  command.text = {
      kAboutAssets,
      "A price is the provider's own text, to the digit. Names that are of no asset, or of "
      "several, are told on standard error with what they may mean. Needs no admin token: "
      "where the daemon has tokens, any client's."};
  command.arguments = {assets_argument()};
  command.options = ask_options();
  command.examples = {{"quotecache get bitcoin XRP 1027", "three prices in dollars"},
                      {"quotecache get bitcoin --convert USD,EUR --fields market_cap",
                       "in two currencies, with more"},
                      {"quotecache get 1 1027 --format csv", "for a spreadsheet"}};
  command.statuses = {{0, "all are there"},
                      {kSomeMissing, "some are missing, ambiguous, or cannot be had"},
                      {kNoneFound, "none is there"},
                      unreachable_status(),
                      usage_status()};
  return command;
}

std::vector<OptionSpec> watch_options() {
  auto options = ask_options();
  options.push_back(number_option("--count",
                                  "End after so many changes; the first price of each row is one",
                                  1,
                                  1'000'000'000,
                                  [](CommandLine& line, std::int64_t n) { line.count = n; }));
  options.push_back(time_option("--for",
                                "End after this time: 90s, 15m, 2h, 7d",
                                [](CommandLine& line, auto time) { line.life = time; }));
  return options;
}

CommandSpec watch_command() {
  CommandSpec command;
  command.name = "watch";
  command.task = Task::Watch;
  command.summary = "Prices as they change";
  command.text = {
      kAboutAssets,
      "On a terminal a table that is drawn over itself. What changed within the last 5 seconds has "
      "a "
      "sign before it, + for a price that rose, - for one that fell, * for another change. Ctrl-C "
      "ends it and leaves the last table.",
      "Elsewhere a line for each change: time, symbol, currency, price, further figures as "
      "name=value, "
      "and stale where it is past its freshness. With --format json one object a line, with "
      "--format "
      "csv lines below a header. Each line is written at once.",
      "What cannot be had for now is told and waited for. A daemon that cannot be reached at the "
      "start ends it; once it was reached, a connection "
      "that "
      "is lost is made again for as long as it takes, and standard error tells."};
  command.arguments = {assets_argument()};
  command.options = watch_options();
  command.examples = {
      {"quotecache watch bitcoin ethereum XRP", "a live table"},
      {"quotecache watch 1 --format json --for 1h >>btc.ndjson", "an hour's changes"},
      {"quotecache watch bitcoin --count 10", "ten changes, and no more"}};
  command.statuses = {{0, "--count or --for is reached"},
                      {kNoneFound, "none of the assets is there"},
                      unreachable_status(),
                      usage_status(),
                      {kWatchInterrupted, "ended by Ctrl-C (129 and 143: by a hang-up, by kill)"}};
  return command;
}

}  // namespace

std::vector<CommandSpec> quote_commands() { return {get_command(), watch_command()}; }

}  // namespace quotecache::cli
