#include "http/router.hpp"

#include <algorithm>

#include "http/response.hpp"

namespace quotecached::http {
namespace {

// Labels behind those of the catalogue, in the order of endpoint_names().
enum Own : std::uint32_t { kUncatalogued, kHealth, kMetrics, kAdmin, kOther };

constexpr std::string_view kJson = "application/json; charset=utf-8";
constexpr std::string_view kAllowRead = "Allow: GET, HEAD\r\n";

bool is_within(std::string_view target, std::string_view folder) {
  if (!target.starts_with(folder)) return false;
  return target.size() == folder.size() || target[folder.size()] == '/' ||
         target[folder.size()] == '?';
}

bool is_own_path(std::string_view target) {
  return is_within(target, "/health") || is_within(target, "/metrics") ||
         is_within(target, "/admin");
}

// "/v2/...": where errors are answered in the provider's shape.
bool is_provider_path(std::string_view target) {
  return target.size() > 2 && target.starts_with("/v") && target[2] >= '0' && target[2] <= '9';
}

bool is_read(Method method) { return method == Method::Get || method == Method::Head; }

// A name of the domain name system: its owner may have it lead here, so that a page of theirs asks
// as if it were ours. Names without a dot and addresses are nobody's to give.
bool is_domain_name(std::string_view host) {
  if (host.starts_with('[')) return false;
  const auto name = host.substr(0, host.find(':'));
  return name.find('.') != std::string_view::npos &&
         name.find_first_not_of("0123456789.") != std::string_view::npos;
}

std::string_view bearer(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  const auto scheme = authorization.substr(0, kScheme.size());
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::ranges::equal(scheme, kScheme, {}, lower) ? authorization.substr(kScheme.size())
                                                        : std::string_view();
}

catalog::Refusal refusal_of(Auth::Verdict verdict) {
  switch (verdict) {
    case Auth::Verdict::Missing: return {401, 1002, "API key missing."};
    case Auth::Verdict::TooMany:
      return {429,
              1008,
              "You've exceeded your API Key's HTTP request rate limit. Rate limits reset every "
              "minute."};
    case Auth::Verdict::Wrong:
    case Auth::Verdict::Granted: break;
  }
  return {401, 1001, "This API Key is invalid."};
}

}  // namespace

Router::Router(Parts parts) : parts_(std::move(parts)) {}

Router::Action Router::route(const RequestHead& head,
                             std::string_view body,
                             bool is_local_peer,
                             Exchange& exchange) const {
  exchange.answer.clear();
  exchange.extra_fields = {};
  exchange.client = {};
  exchange.client_position = 0;
  exchange.list_price = {};
  exchange.is_own = false;
  if (!is_own_path(head.target)) return route_provider(head, exchange);
  exchange.is_own = true;
  return route_own(head, body, is_local_peer, exchange);
}

// A client that polls asks the same again and again: its request is read once.
std::optional<catalog::Refusal> Router::parse(std::string_view target, Exchange& exchange) const {
  if (!exchange.parsed_target.empty() && target == exchange.parsed_target) return std::nullopt;
  exchange.parsed_target.clear();
  exchange.request.endpoint = nullptr;
  exchange.request.credential.clear();
  auto refusal = catalog::parse_target(parts_.catalogue, target, exchange.request);
  if (!refusal) exchange.parsed_target = target;
  return refusal;
}

Router::Action Router::route_provider(const RequestHead& head, Exchange& exchange) const {
  const auto& request = exchange.request;
  const auto refusal = parse(head.target, exchange);
  const auto* const endpoint = request.endpoint;
  exchange.list_price = request.list_price;
  exchange.endpoint = endpoint != nullptr
                          ? static_cast<std::uint32_t>(parts_.catalogue.index_of(*endpoint))
                          : own_position(kUncatalogued);
  if (refusal && endpoint == nullptr && !is_provider_path(head.target)) {
    exchange.endpoint = own_position(kOther);
    exchange.is_own = true;
    fill_problem(exchange.answer, refusal->http_status, refusal->message);
    return Action::Answered;
  }
  if (!admit(head, exchange)) return Action::Answered;
  const bool may_post = endpoint != nullptr && endpoint->forwards_post;
  if (!is_read(head.method) && !(may_post && head.method == Method::Post)) {
    parts_.proxy.refuse(endpoint, {405, 405, "Method not allowed."}, exchange.answer);
    exchange.extra_fields = may_post ? "Allow: GET, HEAD, POST\r\n" : kAllowRead;
    return Action::Answered;
  }
  if (refusal) {
    parts_.proxy.refuse(endpoint, *refusal, exchange.answer);
    return Action::Answered;
  }
  if (is_read(head.method) && parts_.proxy.try_answer(request, exchange.answer))
    return Action::Answered;
  return Action::AskEngine;
}

bool Router::admit(const RequestHead& head, Exchange& exchange) const {
  if (parts_.auth.is_open()) return true;
  const std::string_view shown =
      !head.api_key.empty() ? head.api_key : std::string_view(exchange.request.credential);
  const auto decision = parts_.auth.check(shown, exchange.credential, parts_.clock.now());
  exchange.client = decision.client;
  exchange.client_position = decision.client_position;
  if (decision.verdict == Auth::Verdict::Granted) return true;
  parts_.proxy.refuse(exchange.request.endpoint, refusal_of(decision.verdict), exchange.answer);
  exchange.answer.retry_after = decision.retry_after;
  return false;
}

Router::Action Router::route_own(const RequestHead& head,
                                 std::string_view body,
                                 bool is_local_peer,
                                 Exchange& exchange) const {
  const auto path = head.target.substr(0, head.target.find('?'));
  if (is_within(path, "/admin")) return route_admin(head, body, is_local_peer, exchange);
  answer_probe(head, path, exchange);
  return Action::Answered;
}

Router::Action Router::route_admin(const RequestHead& head,
                                   std::string_view body,
                                   bool is_local_peer,
                                   Exchange& exchange) const {
  exchange.endpoint = own_position(kAdmin);
  const auto shown = !head.api_key.empty() ? head.api_key : bearer(head.authorization);
  if (!is_local_peer || head.is_from_browser) {
    fill_problem(exchange.answer, 403);
    return Action::Answered;
  }
  if (parts_.auth.is_open() && is_domain_name(head.host)) {
    fill_problem(exchange.answer, 403, "without tokens ask by address or as localhost");
    return Action::Answered;
  }
  if (!parts_.auth.is_admin(shown)) {
    exchange.extra_fields = "WWW-Authenticate: Bearer\r\n";
    fill_problem(exchange.answer, 401, "an admin token is needed");
    return Action::Answered;
  }
  const AdminRequest request{head, body, parts_.clock.now()};
  auto reply = answer_admin(parts_.admin, request, exchange.answer);
  exchange.extra_fields = reply.extra_fields;
  exchange.question = std::move(reply.question);
  return exchange.question ? Action::AskUsage : Action::Answered;
}

void Router::answer_probe(const RequestHead& head,
                          std::string_view path,
                          Exchange& exchange) const {
  auto& out = exchange.answer;
  exchange.endpoint = own_position(kOther);
  const bool is_live = path == "/health/live";
  const bool is_ready = path == "/health/ready";
  if (!is_live && !is_ready && path != "/metrics") return fill_problem(out, 404);
  exchange.endpoint = own_position(is_live || is_ready ? kHealth : kMetrics);
  if (!is_read(head.method)) {
    exchange.extra_fields = kAllowRead;
    return fill_problem(out, 405);
  }
  if (is_live) return fill_text(out, "{\"status\":\"live\"}\n", kJson);
  if (is_ready) return answer_ready(out);
  fill_text(out, parts_.metrics.render(), metrics::kTextFormat);
}

void Router::answer_ready(proxy::Answer& out) const {
  const auto health = parts_.health ? parts_.health() : Health{};
  fill_text(out, to_json(health), kJson);
  out.http_status = health.is_ready ? 200 : 503;
}

proxy::ClientRequest Router::engine_request(const RequestHead& head,
                                            std::string&& body,
                                            Exchange& exchange) const {
  proxy::ClientRequest question;
  question.canonical = std::move(exchange.request);
  exchange.parsed_target.clear();
  if (head.method == Method::Head) question.method = "HEAD";
  if (head.method == Method::Post) {
    question.method = "POST";
    question.body = std::move(body);
    question.content_type = head.content_type;
  }
  question.client = exchange.client;
  return question;
}

std::vector<std::string> Router::endpoint_names() const {
  std::vector<std::string> names;
  for (const auto& endpoint : parts_.catalogue.endpoints()) names.push_back(endpoint.name);
  for (const auto* own : {"uncatalogued", "health", "metrics", "admin", "other"})
    names.emplace_back(own);
  return names;
}

std::vector<std::string> Router::usage_names() const {
  auto names = endpoint_names();
  names.resize(own_position(kUncatalogued) + 1);
  names.back() = "forward";  // as among the calls
  return names;
}

std::uint32_t Router::own_position(std::uint32_t label) const noexcept {
  return static_cast<std::uint32_t>(parts_.catalogue.endpoints().size()) + label;
}

}  // namespace quotecached::http
