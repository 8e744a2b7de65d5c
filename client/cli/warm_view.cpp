#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/figures.hpp"
#include "cli/json_text.hpp"
#include "cli/run.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "cli/warm.hpp"

namespace quotecache::cli {
namespace {

using Align = Column::Align;

constexpr std::array<std::pair<std::string_view, std::int64_t WarmRun::*>, 9> kCounts{{
    {"planned", &WarmRun::planned},
    {"renewed", &WarmRun::renewed},
    {"fresh", &WarmRun::fresh},
    {"busy", &WarmRun::busy},
    {"unasked", &WarmRun::unasked},
    {"unworthy", &WarmRun::unworthy},
    {"absent", &WarmRun::absent},
    {"failed", &WarmRun::failed},
    {"not tried", &WarmRun::not_tried},
}};

constexpr std::size_t kMostNames = 20;  // told; as many as the daemon tells of a run

// Names that are not of one asset: "; unknown: XYZ; shared: BTC (13 assets)".
std::string names_told(const WarmRun& run) {
  std::string unknown;
  std::string shared;
  for (const auto& [name, assets] : run.names) {
    if (assets == 0) {
      unknown += (unknown.empty() ? "; unknown: " : ", ") + name;
    } else {
      shared += fmt::format("{}{} ({} assets)", shared.empty() ? "; shared: " : ", ", name, assets);
    }
  }
  const auto more = run.absent - std::ranges::count(run.names, 0, &WarmName::assets);
  if (more > 0 && !unknown.empty() && run.names.size() >= kMostNames) unknown += ", ...";
  return unknown + shared;
}

}  // namespace

std::string summary(const WarmRun& run) {
  std::string text = fmt::format("{}: {}{}; {} assets",
                                 run.dry_run ? "dry run" : "run " + std::to_string(run.id),
                                 run.what,
                                 run.is_running() ? ", begun" : ", " + run.state,
                                 grouped(run.assets));
  for (const auto& [word, member] : kCounts) {
    if (run.*member > 0) text += fmt::format(", {} {}", grouped(run.*member), word);
  }
  if (!run.is_running())
    text += fmt::format("; {} calls, {} credits estimated, {} spent",
                        grouped(run.calls),
                        grouped(run.credits_estimated),
                        grouped(run.credits_spent));
  text += names_told(run);
  if (!run.failure.empty()) text += "; failed: " + run.failure;
  if (!run.stopped_by.empty()) text += "; stopped: " + run.stopped_by;
  return text;
}

// The members have the names that the daemon gives them.
std::string run_json(const WarmRun& run) {
  std::string json = fmt::format(R"({{"id":{},"state":{},"what":{},"dry_run":{},"assets":{})",
                                 run.id,
                                 in_quotes(run.state),
                                 in_quotes(run.what),
                                 run.dry_run,
                                 run.assets);
  for (const auto& [word, member] : kCounts) {
    const std::string_view name = member == &WarmRun::not_tried ? "not_tried" : word;
    json += fmt::format(R"(,"{}":{})", name, run.*member);
  }
  json += fmt::format(
      R"(,"calls":{},"credits_estimated":{},"credits_spent":{},"stopped_by":{},"failure":{})",
      run.calls,
      run.credits_estimated,
      run.credits_spent,
      in_quotes(run.stopped_by),
      in_quotes(run.failure));
  json += R"(,"names":[)";
  for (const auto& one : run.names)
    json += fmt::format(R"({}{{"name":{},"assets":{}}})",
                        &one == run.names.data() ? "" : ",",
                        in_quotes(one.name),
                        one.assets);
  json += R"(],"outcomes":[)";
  for (const auto& one : run.outcomes)
    json += fmt::format(R"({}{{"asset":{},"convert":{},"why":{},"outcome":{}}})",
                        &one == run.outcomes.data() ? "" : ",",
                        in_quotes(one.asset),
                        in_quotes(one.convert),
                        in_quotes(one.why),
                        in_quotes(one.outcome));
  return json + "]}";
}

std::string outcomes_table(const WarmRun& run, const Look& look) {
  Table table({{"asset", Column::Align::Left},
               {"convert", Column::Align::Left},
               {"outcome", Column::Align::Left},
               {"why", Column::Align::Left}});
  for (const auto& one : run.outcomes)
    table.add_row({{clean(one.asset, look)},
                   {clean(one.convert, look)},
                   {clean(one.outcome, look)},
                   {clean(one.why, look)}});
  return run.outcomes.empty() ? std::string() : table.render(look);
}

std::string runs_table(const WarmRuns& runs, const Look& look) {
  if (runs.runs.empty()) return "Nothing was warmed by order or in a window yet.\n";
  Table table({{"RUN", Align::Right, 0},
               {"BEGAN (UTC)", Align::Left, 0},
               {"TOOK", Align::Left, 5},
               {"WHAT", Align::Left, 0, 16},
               {"BY", Align::Left, 6},
               {"STATE", Align::Left, 1},
               {"ASSETS", Align::Right, 4},
               {"RENEWED", Align::Right, 3},
               {"CALLS", Align::Right, 7},
               {"CREDITS", Align::Right, 0},
               {"ASKS FRESH", Align::Right, 2}});
  for (const auto& run : runs.runs)
    table.add_row({{std::to_string(run.id)},
                   {second_text(run.began)},
                   {run.ended ? duration_text(*run.ended - run.began) : "-"},
                   {clean(run.what, look)},
                   {clean(run.begun_by, look)},
                   {clean(run.state, look)},
                   {grouped(run.assets)},
                   {grouped(run.renewed)},
                   {grouped(run.calls)},
                   {grouped(run.credits_spent)},
                   {grouped(run.asks_fresh)}});
  return table.render(look);
}

void add_up(WarmRun& sum, const WarmRun& run) {
  const bool is_first = sum.id == 0;
  const bool is_alike = is_first || sum.state == run.state;
  sum.state = is_alike ? run.state : "partly";
  sum.id = run.id;
  sum.dry_run = run.dry_run;
  sum.assets += run.assets;
  for (const auto& [word, member] : kCounts) sum.*member += run.*member;
  sum.calls += run.calls;
  sum.credits_estimated += run.credits_estimated;
  sum.credits_spent += run.credits_spent;
  sum.what = is_first ? run.what : fmt::format("{} assets", sum.assets);
  sum.stopped_by = run.stopped_by;
  if (sum.failure.empty()) sum.failure = run.failure;
  for (const auto& name : run.names) {
    if (sum.names.size() < kMostNames) sum.names.push_back(name);
  }
  sum.outcomes.insert(sum.outcomes.end(), run.outcomes.begin(), run.outcomes.end());
}

int status_after(const WarmRun& run) noexcept {
  if (run.state == "done" || run.is_running()) return 0;
  if (run.state == "partly") return kPartly;
  return run.state == "nothing" ? kNothingDone : kUnreachable;
}

}  // namespace quotecache::cli
