#include <utility>

#include "src/documents.hpp"
#include "src/json_fields.hpp"

namespace quotecache {
namespace {

WarmOutcome read_outcome(const JsonFields& fields) {
  return {fields.text("asset"), fields.text("convert"), fields.text("why"), fields.text("outcome")};
}

WarmName read_name(const JsonFields& fields) {
  return {fields.text("name"), fields.integer("assets")};
}

WarmRun read_run(const JsonFields& fields) {
  WarmRun run;
  run.id = fields.integer("id");
  run.state = fields.text("state");
  run.begun_by = fields.text("begun_by");
  run.what = fields.text("what");
  run.dry_run = fields.boolean("dry_run");
  run.began = fields.time("began");
  run.ended = fields.optional_time("ended");
  run.assets = fields.integer("assets");
  run.planned = fields.integer("planned");
  run.renewed = fields.integer("renewed");
  run.fresh = fields.integer("fresh");
  run.busy = fields.integer("busy");
  run.unasked = fields.integer("unasked");
  run.unworthy = fields.integer("unworthy");
  run.absent = fields.integer("absent");
  run.failed = fields.integer("failed");
  run.not_tried = fields.integer("not_tried");
  run.calls = fields.integer("calls");
  run.credits_estimated = fields.integer("credits_estimated");
  run.credits_spent = fields.integer("credits_spent");
  run.asks_fresh = fields.integer("asks_fresh");
  run.stopped_by = fields.text("stopped_by");
  run.failure = fields.text("failure");
  run.names = fields.list("names", &read_name);
  run.outcomes = fields.list("outcomes", &read_outcome);
  return run;
}

WarmRuns read_runs(const JsonFields& fields) { return {fields.list("runs", &read_run), {}}; }

}  // namespace

Result<WarmRun> read_warm_run(std::string document) {
  auto run = read_json(document, &read_run);
  if (run) run->document = std::move(document);
  return run;
}

Result<WarmRuns> read_warm_runs(std::string document) {
  auto runs = read_json(document, &read_runs);
  if (runs) runs->document = std::move(document);
  return runs;
}

}  // namespace quotecache
