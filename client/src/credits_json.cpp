#include <utility>

#include "src/alert_json.hpp"
#include "src/documents.hpp"
#include "src/json_fields.hpp"
#include "src/words.hpp"

namespace quotecache {
namespace {

Plan read_plan(const JsonFields& fields) {
  Plan plan;
  plan.name = fields.text("name");
  plan.source = fields.text("source");
  plan.read_at = fields.optional_time("read_at");
  plan.error = fields.text("error");
  return plan;
}

ModeState read_mode_state(const JsonFields& fields) {
  ModeState state;
  state.mode = fields.word("name", &parse_spend_mode);
  state.since = fields.time("since");
  state.reason = fields.text("reason");
  state.manual_until = fields.optional_time("manual_until");
  return state;
}

Forecast read_forecast(const JsonFields& fields) {
  Forecast forecast;
  forecast.exhausted_at = fields.optional_time("exhausted_at");
  forecast.earliest = fields.optional_time("earliest");
  forecast.latest = fields.optional_time("latest");
  forecast.spent_at_end = fields.number("spent_at_end");
  return forecast;
}

Window read_window(const JsonFields& fields) {
  Window window;
  window.name = fields.text("window");
  window.unit = fields.text("unit");
  window.starts_at = fields.time("starts_at");
  window.ends_at = fields.time("ends_at");
  window.cap = fields.optional_integer("cap");
  window.spent = fields.integer("spent");
  window.held = fields.integer("held");
  window.left = fields.optional_integer("left");
  window.closed_until = fields.optional_time("closed_until");
  window.error_code = fields.integer("error_code");
  window.forecast_missing = fields.optional_text("forecast_missing").value_or("");
  window.money_spent = fields.optional_number("money_spent");
  if (const auto forecast = fields.optional_object("forecast"))
    window.forecast = read_forecast(*forecast);
  return window;
}

PriceCheck read_price(const JsonFields& fields) {
  PriceCheck price;
  price.endpoint = fields.text("endpoint");
  price.checked = fields.integer("checked");
  price.mismatches = fields.integer("mismatches");
  price.predicted = fields.integer("predicted");
  price.charged = fields.integer("charged");
  price.is_mispriced = fields.boolean("mispriced");
  return price;
}

ClientWindow read_client_window(const JsonFields& fields) {
  ClientWindow window;
  window.name = fields.text("window");
  window.cap = fields.optional_integer("cap");
  window.spent = fields.integer("spent");
  window.held = fields.integer("held");
  window.left = fields.optional_integer("left");
  window.ends_at = fields.time("ends_at");
  return window;
}

ClientShare read_client(const JsonFields& fields) {
  return {fields.text("client"), fields.list("windows", &read_client_window)};
}

void read_ledger(const JsonFields& fields, Credits& credits) {
  const auto ledger = fields.object("ledger");
  credits.ledger_works = ledger.boolean("works");
  credits.ledger_error = ledger.text("error");
  const auto drift = fields.object("drift");
  credits.day_drift = drift.integer("day");
  credits.month_drift = drift.integer("month");
}

Credits read_state(const JsonFields& fields) {
  Credits credits;
  credits.at = fields.time("at");
  credits.plan = read_plan(fields.object("plan"));
  credits.mode = read_mode_state(fields.object("mode"));
  credits.price_of_credit = fields.number("price_of_credit");
  credits.stretch = fields.number("stretch");
  credits.level = fields.word("level", &parse_level);
  if (const auto money = fields.optional_object("money")) {
    credits.price_per_credit = money->number("price_per_credit");
    credits.currency = money->text("currency");
  }
  credits.windows = fields.list("windows", &read_window);
  if (const auto refusal = fields.optional_object("key_refused"))
    credits.key_refused = KeyRefusal{refusal->time("until"), refusal->integer("error_code")};
  credits.holds = fields.integer("holds");
  read_ledger(fields, credits);
  credits.prices = fields.list("prices", &read_price);
  credits.alerts = fields.list("alerts", &read_alert);
  credits.clients = fields.list("clients", &read_client);
  return credits;
}

}  // namespace

Result<Credits> read_credits(std::string document) {
  auto credits = read_json(document, &read_state);
  if (credits) credits->document = std::move(document);
  return credits;
}

Result<ModeState> read_mode(const std::string& document) {
  return read_json(document, &read_mode_state);
}

}  // namespace quotecache
