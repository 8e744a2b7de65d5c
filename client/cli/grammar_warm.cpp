#include <algorithm>
#include <iterator>
#include <sstream>

#include <fmt/format.h>
#include <sysexits.h>

#include "cli/asset_file.hpp"
#include "cli/grammar.hpp"
#include "cli/option_values.hpp"
#include "cli/run.hpp"
#include "cli/warm.hpp"

namespace quotecache::cli {
namespace {

// Blanks stand between assets as well as commas, as in a file.
std::string take_warm_assets(CommandLine& line, const std::string& list) {
  std::string blanks = list;
  std::replace(blanks.begin(), blanks.end(), ',', ' ');
  std::istringstream in(std::move(blanks));
  line.warm.assets.assign(std::istream_iterator<std::string>(in), {});
  for (const auto& item : line.warm.assets)
    if (!is_asset(item)) return fmt::format("'{}' is neither an id nor a symbol", item);
  return line.warm.assets.empty() ? "a list of ids or symbols is wanted: 1,1027 or BTC,ETH"
                                  : std::string();
}

// What to warm.
std::vector<OptionSpec> choices_of_warm() {
  return {
      number_option(
          "--popular",
          fmt::format("So many of the most asked assets, up to {}", kMostWarmAssets),
          1,
          kMostWarmAssets,
          [](CommandLine& line, std::int64_t n) { line.warm.popular = static_cast<int>(n); }),
      text_option("--window",
                  "NAME",
                  "The assets of this [[warm.window]]",
                  [](CommandLine& line, std::string text) { line.warm.window = std::move(text); }),
      flag_option("--due",
                  "Those of the windows that are open now, and pinned ones",
                  [](CommandLine& line) { line.warm.due = true; }),
      {"--assets", "LIST", "These, by id or symbol: 1,1027 or BTC,ETH", &take_warm_assets},
      file_option("--assets-file",
                  "Those in a file: ids or symbols, blanks, commas or lines between",
                  [](CommandLine& line, std::string text) { line.assets_file = std::move(text); }),
      flag_option("--runs", "Order nothing: show the last runs and windows", [](CommandLine& line) {
        line.shows_runs = true;
      })};
}

// How to.
std::vector<OptionSpec> ways_of_warm() {
  return {
      text_option("--convert",
                  "LIST",
                  "Currencies: USD,EUR (default: those that clients ask for)",
                  [](CommandLine& line, std::string text) { line.warm.convert = std::move(text); }),
      number_option("--max-credits",
                    "Stop before it costs more",
                    1,
                    1'000'000'000,
                    [](CommandLine& line, std::int64_t n) { line.warm.max_credits = n; }),
      flag_option("--dry-run",
                  "Say what would be fetched and cost; fetch nothing",
                  [](CommandLine& line) { line.warm.dry_run = true; }),
      flag_option("--explain",
                  "Say of each asset why, and what became of it; waits for that",
                  [](CommandLine& line) { line.warm.explain = true; }),
      flag_option("--wait",
                  "Wait until all is done; the exit status then tells how it went",
                  [](CommandLine& line) { line.waits = true; })};
}

}  // namespace

CommandSpec warm_command() {
  CommandSpec command;
  command.name = "warm";
  command.task = Task::Warm;
  command.summary = "Fetch ahead what clients will ask for";
  command.text = {
      "Orders a run of the daemon's: assets that are fetched now as far as they are not fresh for "
      "long "
      "enough. Without one of --popular, --window, --due, --assets and --assets-file these are the "
      "most asked ones. A symbol that several assets share stands for all of them.",
      fmt::format(
          "A run goes on when this command is interrupted. Of a file of more than {} assets "
          "the rest is then not ordered. Needs an admin token where the daemon has tokens.",
          kMostWarmAssets)};
  command.options = choices_of_warm();
  for (const auto& option : command.options) command.exclusive.push_back(option.name);
  std::ranges::move(ways_of_warm(), std::back_inserter(command.options));
  command.examples = {{"quotecache warm --popular 100 --wait", "the hundred most asked assets"},
                      {"quotecache warm --assets BTC,ETH --dry-run", "what these two would cost"},
                      {"quotecache warm --runs", "what was warmed, and what it was good for"}};
  command.statuses = {{0, "done; without --wait: begun"},
                      {kPartly, "partly done"},
                      {kNothingDone, "nothing could be done"},
                      {kUnreachable, "the daemon cannot be asked, or ended before the run did"},
                      {kUnderWay, "a run is under way already: there is one at a time"},
                      usage_status(),
                      {EX_DATAERR, "the file of assets holds what is no asset, or none"},
                      {EX_NOINPUT, "the file of assets cannot be read"},
                      {kInterrupted, "interrupted: the run goes on"}};
  return command;
}

}  // namespace quotecache::cli
