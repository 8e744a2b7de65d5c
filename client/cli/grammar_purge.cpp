#include <utility>

#include "cli/grammar.hpp"
#include "cli/option_values.hpp"
#include "cli/purge.hpp"

namespace quotecache::cli {
namespace {

using Names = std::vector<std::string>;

OptionSpec names_option(std::string name, std::string help, Names PurgeOrder::* into) {
  auto option =
      list_option(std::move(name), std::move(help), [into](CommandLine& line, Names items) {
        auto& names = line.purge.*into;
        names.insert(names.end(), items.begin(), items.end());
      });
  option.repeats = true;
  return option;
}

std::vector<OptionSpec> purge_options() {
  std::vector<OptionSpec> options{
      names_option("--asset", "Assets by id, symbol or slug: 1,BTC,bitcoin", &PurgeOrder::assets),
      names_option(
          "--endpoint", "Endpoints or families: v2.quotes,listings", &PurgeOrder::endpoints),
      names_option("--convert", "Currencies: USD,EUR", &PurgeOrder::converts),
      names_option(
          "--tag", "The assets of these [tags] of the daemon's settings", &PurgeOrder::tags),
      text_option(
          "--glob",
          "GLOB",
          "Keys like this: 'qc1:v2.*'; can be given several times",
          [](CommandLine& line, std::string text) { line.purge.globs.push_back(std::move(text)); }),
      flag_option("--dry-run",
                  "Only count what would be purged",
                  [](CommandLine& line) { line.purge.dry_run = true; }),
      flag_option("--yes", "Also when more than 100 entries go", [](CommandLine& line) {
        line.purge.yes = true;
      })};
  options[4].repeats = true;
  return options;
}

std::string wrong_purge(const CommandLine& line) {
  const auto& order = line.purge;
  const bool is_told = !order.assets.empty() || !order.endpoints.empty() ||
                       !order.converts.empty() || !order.tags.empty() || !order.globs.empty();
  return is_told
             ? ""
             : "at least one of --asset, --endpoint, --convert, --tag and --glob is needed (all "
               "there is: --glob '*')";
}

}  // namespace

CommandSpec purge_command() {
  CommandSpec command;
  command.name = "purge";
  command.task = Task::Purge;
  command.summary = "Serve copies no more";
  command.text = {
      "What agrees with all that is given is purged: from memory at once, and no tier's copy "
      "of it is served any more, by this daemon and those that share its Redis. Needs an "
      "admin token where the daemon has tokens."};
  command.options = purge_options();
  command.check = &wrong_purge;
  command.examples = {{"quotecache purge --asset BTC --dry-run", "how many copies that would be"},
                      {"quotecache purge --endpoint listings --yes", "all lists, however many"}};
  command.statuses = {
      {0, "done everywhere (or only counted)"},
      {kNotEverywhere, "done here, but not confirmed by all others or not kept in the database"},
      unreachable_status(),
      {kUnconfirmed, "it wants --yes, or too many purges are held"},
      usage_status()};
  return command;
}

}  // namespace quotecache::cli
