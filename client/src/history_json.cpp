#include <utility>

#include "src/alert_json.hpp"
#include "src/documents.hpp"
#include "src/words.hpp"

namespace quotecache {
namespace {

Call read_call(const JsonFields& fields) {
  Call call;
  call.id = fields.integer("id");
  call.at = fields.time("at");
  call.endpoint = fields.text("endpoint");
  call.client = fields.text("client");
  call.cause = fields.text("cause");
  call.credits = fields.optional_integer("credits");
  call.predicted = fields.integer("predicted");
  call.state = fields.text("state");
  call.took_ms = fields.optional_integer("took_ms");
  call.http_status = fields.optional_integer("http_status");
  call.error_code = fields.optional_integer("error_code");
  call.assets = fields.optional_integer("assets");
  call.riding = fields.integer("riding");
  return call;
}

CallsPage read_calls_page(const JsonFields& fields) {
  return {fields.list("calls", &read_call), fields.optional_text("next"), {}};
}

AlertsPage read_alerts_page(const JsonFields& fields) {
  return {fields.list("alerts", &read_alert), fields.optional_text("next"), {}};
}

}  // namespace

Alert read_alert(const JsonFields& fields) {
  Alert alert;
  alert.id = fields.optional_integer("id");
  alert.at = fields.time("at");
  alert.kind = fields.text("kind");
  alert.level = fields.word("level", &parse_level);
  alert.subject = fields.text("subject");
  alert.is_recovery = fields.text("state") == "recovered";
  alert.value = fields.number("value");
  alert.bound = fields.number("bound");
  alert.until = fields.optional_time("until");
  alert.message = fields.text("message");
  return alert;
}

Result<CallsPage> read_calls(std::string document) {
  auto page = read_json(document, &read_calls_page);
  if (page) page->document = std::move(document);
  return page;
}

Result<AlertsPage> read_alerts(std::string document) {
  auto page = read_json(document, &read_alerts_page);
  if (page) page->document = std::move(document);
  return page;
}

}  // namespace quotecache
