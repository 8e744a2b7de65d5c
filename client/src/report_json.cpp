#include <utility>

#include "src/documents.hpp"
#include "src/json_fields.hpp"

namespace quotecache {
namespace {

ReportRow read_numbers(const JsonFields& fields) {
  ReportRow row;
  row.requests = fields.optional_integer("requests");
  row.hits = fields.optional_integer("hits");
  row.hit_rate = fields.optional_number("hit_rate");
  row.stale = fields.optional_integer("stale");
  row.misses = fields.optional_integer("misses");
  row.errors = fields.optional_integer("errors");
  row.credits = fields.optional_number("credits");
  row.credits_per_request = fields.optional_number("credits_per_request");
  row.average_ms = fields.optional_number("average_ms");
  row.p95_ms = fields.optional_number("p95_ms");
  row.score = fields.optional_number("score");
  row.saved = fields.optional_number("saved");
  row.money_spent = fields.optional_number("money_spent");
  row.money_saved = fields.optional_number("money_saved");
  row.bytes = fields.optional_integer("bytes");
  row.calls = fields.optional_integer("calls");
  row.failed = fields.optional_integer("failed");
  row.predicted = fields.optional_number("predicted");
  row.asks = fields.optional_integer("asks");
  row.mean_age_s = fields.optional_number("mean_age_s");
  row.assets = fields.optional_integer("assets");
  row.riding = fields.optional_integer("riding");
  row.assets_per_credit = fields.optional_number("assets_per_credit");
  return row;
}

ReportRow read_row(const JsonFields& fields) {
  ReportRow row = read_numbers(fields);
  row.key = fields.text("key");
  return row;
}

ProviderCount read_provider(const JsonFields& fields) {
  ProviderCount count;
  count.window = fields.text("window");
  count.starts_at = fields.time("starts_at");
  count.read_at = fields.time("read_at");
  count.counted = fields.integer("counted");
  count.recorded = fields.integer("recorded");
  count.difference = fields.integer("difference");
  return count;
}

Report read_whole(const JsonFields& fields) {
  Report report;
  report.from = fields.time("from");
  report.to = fields.time("to");
  report.days = static_cast<int>(fields.integer("days"));
  report.by = fields.word("by", &parse_grouping);
  report.price_per_credit = fields.optional_number("price_per_credit");
  if (const auto provider = fields.optional_object("provider"))
    report.provider = read_provider(*provider);
  report.currency = fields.optional_text("currency").value_or("");
  const auto period = fields.object("period");
  report.period = period.text("kind");
  report.period_starts_at = period.time("starts_at");
  report.period_ends_at = period.time("ends_at");
  report.is_complete = period.boolean("complete");
  report.records_from = period.optional_time("records_from");
  report.rows = fields.list("rows", &read_row);
  report.total = read_numbers(fields.object("total"));
  return report;
}

}  // namespace

Result<Report> read_report(std::string document) {
  auto report = read_json(document, &read_whole);
  if (report) report->document = std::move(document);
  return report;
}

}  // namespace quotecache
