#include "admin/credits.hpp"

#include <doctest/doctest.h>
#include <simdjson.h>

using namespace quotecached;
using namespace quotecached::alert;
using namespace quotecached::credit;
using namespace quotecached::ledger;
using namespace quotecached::pacing;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + 10h;

WindowUse use_of(WindowKind kind, std::int64_t cap, std::int64_t spent, std::int64_t held) {
  return {window_of(kind, kNow, {}), cap, spent, held};
}

CreditView sample() {
  CreditView view;
  view.at = kNow;
  view.book.uses = {use_of(WindowKind::Minute, 30, 3, 1),
                    use_of(WindowKind::Day, 0, 40, 0),
                    use_of(WindowKind::Month, 10'000, 9'990, 20)};
  view.evidence = {24, 10};
  return view;
}

// The document, and what a path in it holds as text.
class Document {
 public:
  Document(const CreditView& view, std::string_view plan, const ledger::Price& price = {})
      : text_(admin::to_json(view, plan, price)) {
    REQUIRE(parser_.parse(text_).get(root_) == simdjson::SUCCESS);
  }
  std::string operator[](std::string_view path) const {
    CAPTURE(path);
    simdjson::dom::element value;
    REQUIRE(root_.at_pointer(path).get(value) == simdjson::SUCCESS);
    return simdjson::minify(value);
  }
  [[nodiscard]] bool has(std::string_view path) const {
    return root_.at_pointer(path).error() == simdjson::SUCCESS;
  }

 private:
  std::string text_;
  simdjson::dom::parser parser_;
  simdjson::dom::element root_;
};

}  // namespace

TEST_SUITE("admin::credits") {
  TEST_CASE("shows the windows, with null where there is no cap") {
    const Document json(sample(), "explicit");
    CHECK(json["/at"] == "\"2026-11-21T10:00:00Z\"");
    CHECK(json["/windows/0"] ==
          R"({"window":"minute","unit":"requests","starts_at":"2026-11-21T10:00:00Z","cap":30,)"
          R"("spent":3,"held":1,"left":26,"ends_at":"2026-11-21T10:01:00Z","closed_until":null,)"
          R"("error_code":0,"money_spent":null,"forecast":null,"forecast_missing":null})");
    CHECK(json["/money"] == "null");
    CHECK(json["/windows/2/money_spent"] == "null");
    CHECK(json["/windows/1/window"] == "\"day\"");
    CHECK(json["/windows/1/unit"] == "\"credits\"");
    CHECK(json["/windows/1/cap"] == "null");
    CHECK(json["/windows/1/left"] == "null");
    CHECK(json["/windows/1/spent"] == "40");
    CHECK(json["/windows/2/left"] == "0");  // held more than is left
    CHECK(json["/windows/2/ends_at"] == "\"2026-12-01T00:00:00Z\"");
    CHECK_FALSE(json.has("/windows/3"));
    CHECK(json["/level"] == "\"ok\"");
    CHECK(json["/holds"] == "0");
    CHECK(json["/ledger"] == R"({"works":true,"error":""})");
    CHECK(json["/key_refused"] == "null");
    CHECK(json["/mode/name"] == "\"normal\"");
    CHECK(json["/mode/manual_until"] == "null");
  }

  TEST_CASE("shows what was spent in money, once it is told what a credit costs") {
    const Document json(sample(), "auto", ledger::price_of(0.1, "USD"));
    CHECK(json["/money"] == R"({"price_per_credit":0.1,"currency":"USD"})");
    CHECK(json["/windows/0/money_spent"] == "null");  // requests cost nothing
    CHECK(json["/windows/1/money_spent"] == "4");
    CHECK(json["/windows/2/money_spent"] == "999");
    CHECK(Document(sample(), "auto", ledger::price_of(0.00035, ""))["/windows/2/money_spent"] ==
          "3.4965");
  }

  TEST_CASE("shows no forecast but the reason while too little was seen") {
    auto view = sample();
    view.evidence = {0.2, 100};
    view.forecasts[1].exhausted_at = kNow;  // spent: no matter of forecasts
    view.forecasts[2].spent_at_end = 1e9;
    const Document json(view, "auto");
    CHECK(json["/windows/0/forecast_missing"] == "null");
    CHECK(json["/windows/1/forecast/exhausted_at"] == "\"2026-11-21T10:00:00Z\"");
    CHECK(json["/windows/1/forecast_missing"] == "null");
    CHECK(json["/windows/2/forecast"] == "null");
    CHECK(json["/windows/2/forecast_missing"] ==
          "\"too early to tell: 12 min were observed, and an hour is needed\"");
  }

  TEST_CASE("says where the limits come from") {
    auto view = sample();
    CHECK(Document(view, "explicit")["/plan/source"] == "\"explicit\"");
    CHECK(Document(view, "basic")["/plan/source"] == "\"preset\"");
    CHECK(Document(view, "auto")["/plan"] ==
          R"({"name":"auto","source":"unknown","read_at":null,"error":""})");
    view.book.plan = PlanReading{{}, {}, kNow - 24h};
    view.book.reading_error = "timed out";
    CHECK(Document(view, "auto")["/plan"] ==
          R"({"name":"auto","source":"key_info","read_at":"2026-11-20T10:00:00Z",)"
          R"("error":"timed out"})");
    view.book.read_at = kNow - 1min;
    CHECK(Document(view, "auto")["/plan/read_at"] == "\"2026-11-21T09:59:00Z\"");
  }

  TEST_CASE("shows what the provider closed, the key apart") {
    auto view = sample();
    view.book.closed[1] = Closed{kNow + 14h, 1009, Closure::Day};
    view.book.closed[3] = Closed{kNow + 10min, 1001, Closure::Key};
    const Document json(view, "auto");
    CHECK(json["/windows/0/error_code"] == "0");
    CHECK(json["/windows/1/error_code"] == "1009");
    CHECK(json["/windows/1/closed_until"] == "\"2026-11-22T00:00:00Z\"");
    CHECK(json["/key_refused"] == R"({"until":"2026-11-21T10:10:00Z","error_code":1001})");
  }

  TEST_CASE("shows mode, price of a credit, stretch, forecast and alerts") {
    auto view = sample();
    view.policy.mode = SpendMode::Economise;
    view.mode_since = kNow - 1h;
    view.mode_reason = "set by hand";
    view.policy.until = kNow + 1h;
    view.policy.price = pacing::Age(1234.5678);
    view.policy.stretch = 1.23456;
    view.level = AlertLevel::Critical;
    view.forecasts[2].exhausted_at = kNow + 24h;
    view.forecasts[2].spent_at_end = 12'345.678;
    Alert alert;
    alert.subject = "month";
    alert.at = kNow;
    alert.message = "say \"this\"";
    view.alerts.push_back(alert);
    const Document json(view, "auto");
    CHECK(json["/mode"] ==
          R"({"name":"economise","since":"2026-11-21T09:00:00Z","reason":"set by hand",)"
          R"("manual_until":"2026-11-21T11:00:00Z"})");
    CHECK(json["/price_of_credit"] == "1234.568");
    CHECK(json["/stretch"] == "1.235");
    CHECK(json["/level"] == "\"critical\"");
    CHECK(json["/windows/2/forecast"] ==
          R"({"exhausted_at":"2026-11-22T10:00:00Z","earliest":null,"latest":null,)"
          R"("spent_at_end":12345.7})");
    CHECK(json["/windows/1/forecast/exhausted_at"] == "null");
    CHECK(json["/alerts/0/id"] == "null");
    CHECK(json["/alerts/0/subject"] == "\"month\"");
    CHECK(json["/alerts/0/state"] == "\"raised\"");
    CHECK(json["/alerts/0/message"] == R"("say \"this\"")");
  }

  TEST_CASE("shows the ledger's trouble, drift, prices and clients") {
    auto view = sample();
    view.book.holds = 2;
    view.book.ledger_error = "disk full";
    view.book.drift = {0, 5, -7};
    view.book.prices["v2.quotes"] = {
        .checked = 10, .mismatches = 1, .predicted = 10, .charged = 12};
    ClientBudgets::Use client;
    client.client = "bot";
    client.uses = {use_of(WindowKind::Minute, 0, 0, 0),
                   use_of(WindowKind::Day, 100, 3, 0),
                   use_of(WindowKind::Month, 0, 3, 0)};
    view.clients.push_back(client);
    const Document json(view, "auto");
    CHECK(json["/holds"] == "2");
    CHECK(json["/ledger"] == R"({"works":false,"error":"disk full"})");
    CHECK(json["/drift"] == R"({"day":5,"month":-7})");
    CHECK(json["/prices"] ==
          R"([{"endpoint":"v2.quotes","checked":10,"mismatches":1,"predicted":10,"charged":12,)"
          R"("mispriced":false}])");
    CHECK(json["/clients"] ==
          R"([{"client":"bot","windows":[{"window":"day","cap":100,"spent":3,"held":0,"left":97,)"
          R"("ends_at":"2026-11-22T00:00:00Z"},{"window":"month","cap":null,"spent":3,"held":0,)"
          R"("left":null,"ends_at":"2026-12-01T00:00:00Z"}]}])");
  }
}
