#include "simulator.hpp"

#include <algorithm>
#include <exception>

#include "api_error.hpp"
#include "json_writer.hpp"
#include "validation.hpp"

namespace cmcsim {

// Filled step by step while a call is answered, so that an error knows what was decided before it.
struct Simulator::Outcome {
  SimReply reply;
  std::string key;
  Tick tick;
  StatusForm status_form = StatusForm::Number;
  int error_code = 0;
  std::string error_message;
  std::int64_t credits = 0;
};

namespace {

constexpr std::string_view kNotFoundBody =
    R"({"statusCode":404,"error":"Not Found","message":"Not Found"})";
constexpr std::string_view kHtmlBody =
    "<!DOCTYPE html>\n<html lang=\"en-US\">\n<head><title>503 Service Temporarily "
    "Unavailable</title>"
    "</head>\n<body>\n<center><h1>503 Service Temporarily Unavailable</h1></center>\n"
    "<hr><center>cloudflare</center>\n</body>\n</html>\n";
constexpr std::int64_t kOversizedDefault = std::int64_t{64} << 20U;

// Errors that are the whole answer, decided before anything is looked up.
void throw_faulted_error(const Effects& effects) {
  if (const Fault* fault = effects.find(FaultKind::Status5xx)) {
    const auto status = static_cast<int>(fault->status);
    throw ApiError(status, status, "An internal server error occurred");
  }
  if (const Fault* fault = effects.find(FaultKind::HtmlError)) {
    const auto status = static_cast<int>(fault->status);
    throw ApiError(status, status, "");
  }
  if (const Fault* fault = effects.find(FaultKind::RateLimit)) {
    throw account_error(fault->code == 0 ? 1008 : static_cast<int>(fault->code));
  }
  if (const Fault* fault = effects.find(FaultKind::Auth)) {
    throw account_error(fault->code == 0 ? 1001 : static_cast<int>(fault->code));
  }
  if (const Fault* fault = effects.find(FaultKind::ErrorIn200)) {
    const int code = fault->code == 0 ? 500 : static_cast<int>(fault->code);
    throw ApiError(200, code, account_error(code).what());
  }
}

}  // namespace

Simulator::Simulator(Universe universe, SimulatorOptions options)
    : universe_(std::move(universe)),
      options_(std::move(options)),
      market_(options_.price_seed),
      accounts_(options_.limits),
      faults_(options_.price_seed),
      clock_(options_.clock_at),
      random_(options_.price_seed) {}

SimReply Simulator::handle(const SimRequest& request) {
  if (request.target.starts_with("/_sim/")) return handle_control(request);
  return handle_api(request);
}

SimReply Simulator::handle_api(const SimRequest& request) {
  Target target = parse_target(request.target);
  Outcome outcome;
  ++calls_;
  outcome.tick = options_.tick.count() > 0 && options_.late.most.count() > 0
                     ? late_tick_at(clock_.now(), options_.tick, options_.late, options_.price_seed)
                     : tick_at(clock_.now(), options_.tick, calls_);
  outcome.reply.latency = options_.latency.draw(random_);
  outcome.reply.effects = faults_.draw(target.path);
  try {
    answer_call(outcome, target, request);
  } catch (const ApiError& error) {
    outcome.reply.status = error.http_status();
    outcome.error_code = error.code();
    outcome.error_message = error.what();
    outcome.credits = 0;
    write_envelope(outcome, nullptr);
  } catch (const std::exception& error) {
    outcome.reply.status = outcome.error_code = 500;
    outcome.error_message = error.what();
    outcome.credits = 0;
    write_envelope(outcome, nullptr);
  }
  apply_answer_faults(outcome);
  credits_charged_ += outcome.credits;
  log_.add(record_of(outcome, request, target));
  return std::move(outcome.reply);
}

// Order as at the provider: route, key, minute limit, parameters, answer, credits.
void Simulator::answer_call(Outcome& outcome, Target& target, const SimRequest& request) {
  const Endpoint* const endpoint = find_endpoint(target.path);
  if (endpoint == nullptr || request.method != "GET") {
    outcome.reply.status = outcome.error_code = 404;
    outcome.reply.body = kNotFoundBody;
    return;
  }
  outcome.status_form = endpoint->status_form;
  outcome.key = check_key(target.query, request);
  accounts_.count_call(outcome.key, outcome.tick.now);
  throw_faulted_error(outcome.reply.effects);
  validate(*endpoint, target.query, options_.new_parameters);
  answer_endpoint(outcome, *endpoint, target.query);
}

void Simulator::answer_endpoint(Outcome& outcome, const Endpoint& endpoint, const Query& query) {
  const AnswerContext context{endpoint,
                              query,
                              universe_,
                              market_,
                              outcome.reply.effects,
                              outcome.tick,
                              options_.v3_shape,
                              accounts_.limits(),
                              accounts_.usage(outcome.key, outcome.tick.now),
                              options_.stamps};
  const Answer made = answer(context);
  outcome.credits = credits_for(endpoint, made.items, made.converts);
  if (const Fault* fault = outcome.reply.effects.find(FaultKind::WrongCreditCount)) {
    outcome.credits += fault->credits;
  }
  accounts_.charge(outcome.key, outcome.credits, outcome.tick.now);
  write_envelope(outcome, &made);
}

// The key may come as a parameter; it is none of the endpoint's.
std::string Simulator::check_key(Query& query, const SimRequest& request) const {
  const std::string in_query = query.take("CMC_PRO_API_KEY").value_or("");
  std::string key = request.key_header.empty() ? in_query : request.key_header;
  if (key.empty()) throw account_error(1002);
  const bool known = options_.keys.empty() || std::ranges::count(options_.keys, key) > 0;
  if (!known) throw account_error(1001);
  return key;
}

void Simulator::write_envelope(Outcome& outcome, const Answer* answer) const {
  const bool as_text = outcome.status_form == StatusForm::Text;
  std::string& body = outcome.reply.body;
  body.clear();
  if (answer != nullptr) body.reserve(answer->data.size() + 256);
  JsonWriter json(body);
  json.open('{').key("status").open('{').key("timestamp").text(iso_text(outcome.tick.now));
  json.key("error_code");
  if (as_text) {
    json.text(std::to_string(outcome.error_code));
  } else {
    json.integer(outcome.error_code);
  }
  json.key("error_message");
  if (outcome.error_code == 0 && !as_text) {
    json.null();
  } else {
    json.text(outcome.error_message);
  }
  const auto elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(outcome.reply.latency).count();
  json.key("elapsed").integer(elapsed).key("credit_count").integer(outcome.credits);
  if (!as_text) json.key("notice").null();
  if (answer != nullptr && answer->total_count) {
    json.key("total_count").integer(static_cast<std::int64_t>(*answer->total_count));
  }
  json.close('}');
  if (answer != nullptr) json.key("data").raw(answer->data);
  json.close('}');
}

void Simulator::apply_answer_faults(Outcome& outcome) const {
  SimReply& reply = outcome.reply;
  const Fault* html = reply.effects.find(FaultKind::HtmlError);
  if (html != nullptr && reply.status == static_cast<int>(html->status)) {
    reply.content_type = "text/html; charset=UTF-8";
    reply.body = kHtmlBody;
  }
  if (const Fault* fault = reply.effects.find(FaultKind::OversizedBody)) {
    const std::int64_t bytes = fault->bytes > 0 ? fault->bytes : kOversizedDefault;
    reply.body.resize(static_cast<std::size_t>(bytes), ' ');
  }
  if (reply.effects.find(FaultKind::MalformedJson) != nullptr && !reply.body.empty()) {
    reply.body.resize(reply.body.size() - 1);
    reply.body += ",,\"broken\":";
  }
}

CallRecord Simulator::record_of(const Outcome& outcome,
                                const SimRequest& request,
                                const Target& target) const {
  CallRecord record;
  record.time = outcome.tick.now;
  record.method = request.method;
  record.target = request.target;
  record.key = request.key_header.empty() ? outcome.key : request.key_header;
  record.status = outcome.reply.status;
  record.error_code = outcome.error_code;
  record.credits = outcome.credits;
  record.connection = request.connection;
  for (const std::string_view name : {"id", "slug", "symbol"}) {
    if (!target.query.has(name) || !record.asked_by.empty()) continue;
    record.asked_by = name;
    record.asked = split_list(target.query.text_or(name, ""));
  }
  for (const Fault& fault : outcome.reply.effects.all())
    record.faults.emplace_back(to_text(fault.kind));
  const auto& effects = outcome.reply.effects;
  const bool unanswered = effects.find(FaultKind::Hang) != nullptr ||
                          effects.find(FaultKind::ResetBeforeHeaders) != nullptr;
  if (unanswered) record.status = 0;
  return record;
}

}  // namespace cmcsim
