#include <array>
#include <chrono>
#include <string_view>

#include "cli/csv.hpp"
#include "cli/warm.hpp"

namespace quotecache::cli {
namespace {

// A moment that is not known is the epoch: of several runs that were added up.
std::optional<TimePoint> known(TimePoint time) {
  return time == TimePoint{} ? std::nullopt : std::optional(time);
}

}  // namespace

std::string runs_csv(const std::vector<WarmRun>& runs) {
  Csv csv({"id",        "state",    "what",       "by",         "dry_run",   "began",
           "ended",     "assets",   "planned",    "renewed",    "fresh",     "busy",
           "unasked",   "unworthy", "absent",     "failed",     "not_tried", "calls",
           "estimated", "spent",    "asks_fresh", "stopped_by", "failure"});
  for (const auto& run : runs) {
    csv.field(run.id).field(std::string_view(run.state)).field(std::string_view(run.what));
    csv.field(std::string_view(run.begun_by));
    csv.field(std::string_view(run.dry_run ? "true" : "false"));
    csv.field(known(run.began)).field(run.ended);
    for (const auto count : {run.assets,
                             run.planned,
                             run.renewed,
                             run.fresh,
                             run.busy,
                             run.unasked,
                             run.unworthy,
                             run.absent,
                             run.failed,
                             run.not_tried,
                             run.calls,
                             run.credits_estimated,
                             run.credits_spent,
                             run.asks_fresh})
      csv.field(count);
    csv.field(std::string_view(run.stopped_by)).field(std::string_view(run.failure)).end_line();
  }
  return std::move(csv).text();
}

std::string outcomes_csv(const WarmRun& run) {
  Csv csv({"asset", "convert", "outcome", "why"});
  for (const auto& one : run.outcomes) {
    csv.field(std::string_view(one.asset)).field(std::string_view(one.convert));
    csv.field(std::string_view(one.outcome)).field(std::string_view(one.why)).end_line();
  }
  return std::move(csv).text();
}

}  // namespace quotecache::cli
