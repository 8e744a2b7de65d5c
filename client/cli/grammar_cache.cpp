#include <utility>

#include "cli/asset_names.hpp"
#include "cli/grammar.hpp"
#include "cli/option_values.hpp"

namespace quotecache::cli {
namespace {

std::vector<StatusSpec> told_statuses() {
  return {{0, "told"}, unreachable_status(), usage_status()};
}

std::string take_explained(CommandLine& line, const std::string& word) {
  const auto asset = parse_asset(word);
  if (!asset || word.find(',') != std::string::npos)
    return "'" + word +
           "' is not one asset: an id (1), a symbol (BTC) or a slug (bitcoin) is wanted";
  line.explain.asset = std::string(to_string(asset->by())) + ':' + asset->text();
  return {};
}

CommandSpec explain_command() {
  CommandSpec command;
  command.name = "explain";
  command.task = Task::Explain;
  command.summary = "Why an asset is answered as it is";
  command.text = {
      "Which copy answers, from which tier, how old it is, what it cost, and when it is "
      "renewed. Needs an admin token where the daemon has tokens."};
  command.arguments = {{"ASSET",
                        "By id, symbol or slug: 1, BTC, bitcoin",
                        "an id (1), a symbol (BTC) or a slug (bitcoin)",
                        &take_explained}};
  command.options = {text_option("--convert",
                                 "NAME",
                                 "The currency (default USD)",
                                 [](CommandLine& line, std::string text) {
                                   line.explain.convert = std::move(text);
                                 }),
                     text_option("--endpoint",
                                 "NAME",
                                 "The endpoint (default v2.quotes)",
                                 [](CommandLine& line, std::string text) {
                                   line.explain.endpoint = std::move(text);
                                 })};
  command.examples = {{"quotecache explain BTC", "the copy that answers for Bitcoin in dollars"}};
  command.statuses = told_statuses();
  return command;
}

CommandSpec stats_command() {
  CommandSpec command;
  command.name = "stats";
  command.task = Task::Stats;
  command.summary = "How the cache does";
  command.text = {
      "Hits by tier, entries, credits and the provider's health. Needs an admin token where "
      "the daemon has tokens."};
  command.examples = {{"quotecache stats", "how the cache does since the daemon started"}};
  command.statuses = told_statuses();
  return command;
}

}  // namespace

std::vector<CommandSpec> cache_commands() { return {explain_command(), stats_command()}; }

}  // namespace quotecache::cli
