#include "admin/credits.hpp"

#include "base/json_writer.hpp"

namespace quotecached::admin {
namespace {

using credit::BookView;
using credit::CreditView;
using ledger::WindowKind;
using ledger::WindowUse;

// The provider closes windows of the same kinds as budgets are counted in, and the key.
static_assert(index_of(ledger::Closure::Minute) == index_of(WindowKind::Minute));
static_assert(index_of(ledger::Closure::Day) == index_of(WindowKind::Day));
static_assert(index_of(ledger::Closure::Month) == index_of(WindowKind::Month));

std::string_view source_of(std::string_view plan, const BookView& book) {
  if (plan == "explicit") return "explicit";
  if (plan != "auto") return "preset";
  return book.plan ? "key_info" : "unknown";
}

void write_plan(JsonWriter& json, const BookView& book, std::string_view plan) {
  auto read_at = book.read_at;
  if (!read_at && book.plan) read_at = book.plan->read_at;
  json.key("plan").begin_object();
  json.key("name").text(plan);
  json.key("source").text(source_of(plan, book));
  json.key("read_at").time(read_at);
  json.key("error").text(book.reading_error);
  json.end_object();
}

void write_mode(JsonWriter& json, const CreditView& view) {
  json.key("mode").begin_object();
  json.key("name").text(to_string(view.policy.mode));
  json.key("since").time(view.mode_since);
  json.key("reason").text(view.mode_reason);
  json.key("manual_until").time(view.policy.until);
  json.end_object();
}

// What an account's window and a client's have in common.
void write_use(JsonWriter& json, const WindowUse& use) {
  std::optional<std::int64_t> cap;
  std::optional<std::int64_t> left;
  if (use.cap != 0) {
    cap = use.cap;
    left = use.left();
  }
  json.key("cap").integer(cap);
  json.key("spent").integer(use.spent);
  json.key("held").integer(use.held);
  json.key("left").integer(left);
  json.key("ends_at").time(use.window.end);
}

// Why there is no forecast; empty where there is one. That a window is spent is none, but a fact.
std::string missing_forecast(const CreditView& view, WindowKind kind) {
  const auto& exhausted = view.forecasts[index_of(kind)].exhausted_at;
  if (kind == WindowKind::Minute || (exhausted && *exhausted <= view.at)) return {};
  return pacing::why_too_early(view.evidence);
}

void write_forecast(JsonWriter& json, const CreditView& view, WindowKind kind) {
  const auto& forecast = view.forecasts[index_of(kind)];
  const auto missing = missing_forecast(view, kind);
  json.key("forecast");
  if (kind == WindowKind::Minute || !missing.empty()) {
    json.null();
  } else {
    json.begin_object();
    json.key("exhausted_at").time(forecast.exhausted_at);
    json.key("earliest").time(forecast.earliest);
    json.key("latest").time(forecast.latest);
    json.key("spent_at_end").number(forecast.spent_at_end, 1);
    json.end_object();
  }
  json.key("forecast_missing");
  if (missing.empty()) {
    json.null();
  } else {
    json.text(missing);
  }
}

// Of what is spent; null for requests, and while it is not known.
void write_cost(JsonWriter& json,
                WindowKind kind,
                const WindowUse& use,
                const ledger::Price& price) {
  constexpr std::int64_t kMillion = 1'000'000;
  constexpr int kMoneyDecimals = 6;
  std::optional<double> cost;
  if (kind != WindowKind::Minute && price.is_known())
    cost = static_cast<double>(ledger::cost_of(use.spent * kMillion, price)) / kMillion;
  json.key("money_spent").number(cost, kMoneyDecimals);
}

void write_money(JsonWriter& json, const ledger::Price& price) {
  constexpr int kPriceDecimals = 9;
  json.key("money");
  if (!price.is_known()) {
    json.null();
    return;
  }
  json.begin_object();
  json.key("price_per_credit").number(price.per_credit(), kPriceDecimals);
  json.key("currency").text(price.currency);
  json.end_object();
}

void write_window(JsonWriter& json,
                  const CreditView& view,
                  WindowKind kind,
                  const ledger::Price& price) {
  const auto& use = view.book.uses[index_of(kind)];
  const auto& closed = view.book.closed[index_of(kind)];
  std::optional<TimePoint> closed_until;
  if (closed) closed_until = closed->until;
  json.begin_object();
  json.key("window").text(to_string(kind));
  json.key("unit").text(kind == WindowKind::Minute ? "requests" : "credits");
  json.key("starts_at").time(use.window.start);
  write_use(json, use);
  json.key("closed_until").time(closed_until);
  json.key("error_code").integer(closed ? closed->error_code : std::int64_t{0});
  write_cost(json, kind, use, price);
  write_forecast(json, view, kind);
  json.end_object();
}

void write_windows(JsonWriter& json, const CreditView& view, const ledger::Price& price) {
  json.key("windows").begin_array();
  for (const auto kind : {WindowKind::Minute, WindowKind::Day, WindowKind::Month})
    write_window(json, view, kind, price);
  json.end_array();
}

// The provider refuses the key: no window, but everything is closed.
void write_key(JsonWriter& json, const BookView& book) {
  const auto& closed = book.closed[index_of(ledger::Closure::Key)];
  json.key("key_refused");
  if (!closed) {
    json.null();
    return;
  }
  json.begin_object();
  json.key("until").time(closed->until);
  json.key("error_code").integer(closed->error_code);
  json.end_object();
}

void write_ledger(JsonWriter& json, const BookView& book) {
  json.key("holds").integer(static_cast<std::int64_t>(book.holds));
  json.key("ledger").begin_object();
  json.key("works").boolean(book.ledger_error.empty());
  json.key("error").text(book.ledger_error);
  json.end_object();
  json.key("drift").begin_object();
  json.key("day").integer(book.drift[index_of(WindowKind::Day)]);
  json.key("month").integer(book.drift[index_of(WindowKind::Month)]);
  json.end_object();
}

void write_prices(JsonWriter& json, const BookView& book) {
  json.key("prices").begin_array();
  for (const auto& [name, price] : book.prices) {
    json.begin_object();
    json.key("endpoint").text(name);
    json.key("checked").integer(static_cast<std::int64_t>(price.checked));
    json.key("mismatches").integer(static_cast<std::int64_t>(price.mismatches));
    json.key("predicted").integer(price.predicted);
    json.key("charged").integer(price.charged);
    json.key("mispriced").boolean(price.is_mispriced);
    json.end_object();
  }
  json.end_array();
}

void write_alerts(JsonWriter& json, const CreditView& view) {
  json.key("alerts").begin_array();
  for (const auto& alert : view.alerts) {
    json.begin_object();
    alert::write_fields(json, alert, std::nullopt);
    json.end_object();
  }
  json.end_array();
}

void write_clients(JsonWriter& json, const CreditView& view) {
  json.key("clients").begin_array();
  for (const auto& client : view.clients) {
    json.begin_object();
    json.key("client").text(client.client);
    json.key("windows").begin_array();
    for (const auto kind : {WindowKind::Day, WindowKind::Month}) {
      json.begin_object();
      json.key("window").text(to_string(kind));
      write_use(json, client.uses[index_of(kind)]);
      json.end_object();
    }
    json.end_array().end_object();
  }
  json.end_array();
}

std::string_view level_of(const CreditView& view) {
  return view.level ? to_string(*view.level) : std::string_view("ok");
}

}  // namespace

std::string to_json(const CreditView& view, std::string_view plan, const ledger::Price& price) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("at").time(view.at);
  write_plan(json, view.book, plan);
  write_mode(json, view);
  json.key("price_of_credit").number(view.policy.price.count());
  json.key("stretch").number(view.policy.stretch);
  json.key("level").text(level_of(view));
  write_money(json, price);
  write_windows(json, view, price);
  write_key(json, view.book);
  write_ledger(json, view.book);
  write_prices(json, view.book);
  write_alerts(json, view);
  write_clients(json, view);
  json.end_object();
  return out;
}

}  // namespace quotecached::admin
