#include <utility>

#include "src/documents.hpp"
#include "src/json_fields.hpp"

namespace quotecache {
namespace {

PurgeReport read_report_of_purge(const JsonFields& fields) {
  PurgeReport report;
  report.dry_run = fields.boolean("dry_run");
  report.entries = fields.integer("entries");
  report.memory = fields.integer("memory");
  report.sqlite = fields.optional_integer("sqlite");
  if (report.dry_run) return report;
  report.before = fields.time("before");
  report.swept = fields.integer("swept");
  report.kept = fields.boolean("kept");
  report.others = fields.text("others");
  report.confirmed = fields.texts("confirmed");
  report.not_confirmed = fields.texts("not_confirmed");
  return report;
}

}  // namespace

Result<PurgeReport> read_purge(std::string document) {
  auto report = read_json(document, &read_report_of_purge);
  if (report) report->document = std::move(document);
  return report;
}

}  // namespace quotecache
