#include "usage/report_json.hpp"

#include <cmath>
#include <optional>

#include "base/json_writer.hpp"

namespace quotecached::usage {
namespace {

constexpr int kFine = 6;  // decimals of what is far below one: credits per request, money
constexpr int kPriceDecimals = 9;
constexpr double kMillion = 1e6;

// A row's credits are whole, or shares in millionths.
std::optional<double> money(std::optional<double> credits, const ledger::Price& price) {
  if (!credits || !price.is_known()) return std::nullopt;
  const auto cost = ledger::cost_of(std::llround(*credits * kMillion), price);
  return static_cast<double>(cost) / kMillion;
}

void write_row(JsonWriter& json, const ReportRow& row, const ledger::Price& price) {
  std::optional<double> saved;
  if (row.saved) saved = static_cast<double>(*row.saved);
  json.begin_object();
  json.key("key").text(row.key);
  json.key("requests").integer(row.requests);
  json.key("hits").integer(row.hits);
  json.key("hit_rate").number(row.hit_rate);
  json.key("stale").integer(row.stale);
  json.key("misses").integer(row.misses);
  json.key("errors").integer(row.errors);
  json.key("credits").number(row.credits, kFine);
  json.key("credits_per_request").number(row.credits_per_request, kFine);
  json.key("average_ms").number(row.average_ms);
  json.key("p95_ms").number(row.p95_ms);
  json.key("score").number(row.score);
  json.key("saved").integer(row.saved);
  json.key("money_spent").number(money(row.credits, price), kFine);
  json.key("money_saved").number(money(saved, price), kFine);
  json.key("bytes").integer(row.bytes);
  json.key("calls").integer(row.calls);
  json.key("failed").integer(row.failed);
  json.key("predicted").integer(row.predicted);
  json.key("asks").integer(row.asks);
  json.key("mean_age_s").number(row.mean_age_s);
  json.key("assets").integer(row.assets);
  json.key("riding").integer(row.riding);
  json.key("assets_per_credit").number(row.assets_per_credit);
  json.end_object();
}

void write_provider(JsonWriter& json, const std::optional<ProviderCount>& provider) {
  json.key("provider");
  if (!provider) {
    json.null();
    return;
  }
  const auto& window = provider->window;
  json.begin_object();
  json.key("window").text(to_string(window.kind));
  json.key("starts_at").time(window.starts_at);
  json.key("read_at").time(window.read_at);
  json.key("counted").integer(window.counted);
  json.key("recorded").integer(provider->recorded);
  json.key("difference").integer(window.counted - provider->recorded);
  json.end_object();
}

void write_price(JsonWriter& json, const ledger::Price& price) {
  std::optional<double> per_credit;
  if (price.is_known()) per_credit = price.per_credit();
  json.key("price_per_credit").number(per_credit, kPriceDecimals);
  json.key("currency");
  if (price.is_known() && !price.currency.empty()) {
    json.text(price.currency);
  } else {
    json.null();
  }
}

void write_period(JsonWriter& json, const Report& report) {
  json.key("period").begin_object();
  json.key("kind").text(to_string(report.period.kind));
  json.key("starts_at").time(report.period.asked.start);
  json.key("ends_at").time(report.period.asked.end);
  json.key("complete").boolean(report.is_complete);
  json.key("records_from").time(report.records_from);
  json.end_object();
}

}  // namespace

std::string to_json(const Report& report, const ledger::Price& price) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("from").time(report.period.from);
  json.key("to").time(report.period.to);
  json.key("days").integer(std::int64_t{report.period.days});
  json.key("by").text(to_string(report.by));
  write_period(json, report);
  write_provider(json, report.provider);
  write_price(json, price);
  json.key("rows").begin_array();
  for (const auto& row : report.rows) write_row(json, row, price);
  json.end_array();
  json.key("total");
  write_row(json, report.total, price);
  json.end_object();
  return out;
}

}  // namespace quotecached::usage
