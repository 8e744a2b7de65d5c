#include "routing/router.hpp"

#include <algorithm>
#include <cassert>

#include "base/ascii.hpp"
#include "ledger/closure.hpp"
#include "routing/bearer.hpp"
#include "routing/media_type.hpp"
#include "routing/response.hpp"

namespace quotecached::routing {
namespace {

// "/v2/...": where errors are answered in the provider's shape.
bool is_provider_path(std::string_view target) {
  if (target.starts_with("/public-api/")) return true;
  return target.size() > 2 && target.starts_with("/v") && is_digit(target[2]);
}

bool is_read(Method method) { return method == Method::Get || method == Method::Head; }

// Before the name of an endpoint that told quotes, in the labels: what stands before the colon is
// the folder's.
constexpr std::string_view kTellers = "quotes:";

// True where no tokens are asked for.
bool is_from_admin(const RequestHead& head, const Exchange& exchange) {
  const auto shown = !head.api_key.empty() ? head.api_key : bearer(head.authorization);
  return exchange.auth->is_admin(shown);
}

provider::Refusal refusal_of(const provider::Dialect& dialect, Auth::Access verdict) {
  switch (verdict) {
    case Auth::Access::Missing: return dialect.key_missing();
    case Auth::Access::TooMany: return dialect.spent(ledger::Closure::Minute);
    case Auth::Access::Wrong:
    case Auth::Access::Granted: break;
  }
  return dialect.key_wrong();
}

}  // namespace

Router::Router(Parts parts) : parts_(std::move(parts)), guard_(std::move(parts_.hosts)) {}

// What the exchange before left, and the tokens as they are now: a request keeps to those.
void Router::begin(Exchange& exchange) const {
  assert(exchange.answer.pieces.empty());
  exchange.extra_fields = {};
  exchange.client = {};
  exchange.client_position = 0;
  exchange.list_price = {};
  exchange.rate.limit = 0;
  exchange.is_own = false;
  exchange.is_stream = false;
  if (parts_.auth.refresh(exchange.auth)) exchange.credential = {};
}

bool Router::admit(const RequestHead& head, bool is_local_peer, Exchange& exchange) const {
  begin(exchange);
  exchange.folder = own_folder_of(head.target);
  if (!BrowserGuard::is_plain(head) && !admit_asker(head, exchange)) return false;
  return exchange.folder ? admit_own(head, is_local_peer, exchange)
                         : admit_provider(head, exchange);
}

void Router::refuse_unread(std::string_view received, unsigned status, Exchange& exchange) const {
  const bool is_too_large = status == 413 || status == 414 || status == 431;
  const auto method_end = std::min(received.find(' '), received.size());
  const auto target = received.substr(std::min(method_end + 1, received.size()));
  exchange.is_own = !is_too_large || !is_provider_path(target);
  if (exchange.is_own) return fill_problem(exchange.answer, status);
  parts_.proxy.refuse(nullptr, {status, status, std::string(reason(status))}, exchange.answer);
  exchange.answer.set_refused_by(RefusedBy(Refuser::Request));
}

Router::Action Router::answer(const RequestHead& head,
                              std::string_view body,
                              Exchange& exchange) const {
  if (!exchange.folder) {
    const bool is_answered =
        is_read(head.method) && parts_.proxy.try_answer(exchange.request, exchange.answer);
    return is_answered ? Action::Answered : Action::AskEngine;
  }
  if (own_folders()[*exchange.folder].is_for_clients) return answer_quotes(head, body, exchange);
  const OwnRequest request{head, body, parts_.clock.now(), is_from_admin(head, exchange)};
  auto reply = answer_own(own_sources(), request, exchange.answer);
  exchange.extra_fields = reply.extra_fields;
  auto later = std::move(reply.later);
  if (reply.question) {
    later = [&ask = parts_.admin.ask_usage, question = *reply.question] { return ask(question); };
  }
  if (!later) return Action::Answered;
  exchange.work = [later = std::move(later)](const RequestTagPtr&) { return answer_later(later); };
  return Action::AskLater;
}

// Of requests that say of themselves that they may not be meant for us, or not meant by the client.
bool Router::admit_asker(const RequestHead& head, Exchange& exchange) const {
  exchange.endpoint = positions().other;
  if (guard_.is_misdirected(head)) {
    exchange.is_own = true;
    fill_problem(exchange.answer, 421, "this is no proxy for other hosts");
    return false;
  }
  const auto why = is_open() ? guard_.refusal(head) : std::string_view();
  if (why.empty()) return true;
  if (is_provider_path(head.target)) {
    parts_.proxy.refuse(nullptr, {403, 403, std::string(why)}, exchange.answer);
    exchange.answer.set_refused_by(RefusedBy(Refuser::Access));
  } else {
    exchange.is_own = true;
    fill_problem(exchange.answer, 403, why);
  }
  return false;
}

// A client that polls asks the same again and again: its request is read once.
std::optional<catalog::RequestError> Router::parse(std::string_view target,
                                                   Exchange& exchange) const {
  if (!exchange.parsed_target.empty() && target == exchange.parsed_target) return std::nullopt;
  exchange.parsed_target.clear();
  exchange.request.endpoint = nullptr;
  exchange.request.credential.clear();
  auto refusal = catalog::parse_target(parts_.catalogue, target, exchange.request, parts_.unlisted);
  if (!refusal) exchange.parsed_target = target;
  return refusal;
}

bool Router::admit_provider(const RequestHead& head, Exchange& exchange) const {
  const auto refusal = parse(head.target, exchange);
  const auto* const endpoint = exchange.request.endpoint;
  exchange.list_price = exchange.request.list_price;
  exchange.endpoint = endpoint != nullptr
                          ? static_cast<std::uint32_t>(parts_.catalogue.index_of(*endpoint))
                          : positions().uncatalogued;
  if (refusal && endpoint == nullptr && !is_provider_path(head.target)) {
    exchange.endpoint = positions().other;
    exchange.is_own = true;
    if (head.method == Method::Options && head.target == "*") {
      fill_text(exchange.answer, {}, "text/plain");
      exchange.extra_fields = "Allow: GET, HEAD, POST, OPTIONS\r\n";
    } else {
      fill_problem(exchange.answer, refusal->http_status, refusal->message);
    }
    return false;
  }
  if (!is_open() && !admit_client(head, exchange)) return false;
  if (!is_read(head.method) && !admit_call(head, exchange)) return false;
  if (!refusal) return true;
  parts_.proxy.refuse(
      endpoint, {refusal->http_status, refusal->error_code, refusal->message}, exchange.answer);
  const bool is_nowhere = refusal->http_status == 404;
  exchange.answer.set_refused_by(RefusedBy(is_nowhere ? Refuser::Path : Refuser::Parameters));
  return false;
}

// Of requests that do not only read: by the method, and what they say of their body.
bool Router::admit_call(const RequestHead& head, Exchange& exchange) const {
  const auto* const endpoint = exchange.request.endpoint;
  const bool may_post = endpoint == nullptr || endpoint->forwards_post;
  if (!may_post || head.method != Method::Post) {
    parts_.proxy.refuse(endpoint, {405, 405, "Method not allowed."}, exchange.answer);
    exchange.answer.set_refused_by(RefusedBy(Refuser::Request));
    exchange.extra_fields = may_post ? "Allow: GET, HEAD, POST\r\n" : kAllowRead;
    return false;
  }
  if (is_media_type(head.content_type)) return true;
  parts_.proxy.refuse(endpoint, {400, 400, "\"Content-Type\" is no media type."}, exchange.answer);
  exchange.answer.set_refused_by(RefusedBy(Refuser::Request));
  return false;
}

bool Router::admit_client(const RequestHead& head, Exchange& exchange) const {
  const std::string_view shown =
      !head.api_key.empty() ? head.api_key : std::string_view(exchange.request.credential);
  const auto decision = exchange.auth->check(shown, exchange.credential, parts_.clock.now());
  exchange.client = decision.client;
  exchange.client_position = decision.client_position;
  exchange.rate = decision.rate;
  if (decision.access == Auth::Access::Granted) return true;
  parts_.proxy.refuse(
      exchange.request.endpoint, refusal_of(parts_.dialect, decision.access), exchange.answer);
  exchange.answer.retry_after = decision.retry_after;
  const bool is_too_often = decision.access == Auth::Access::TooMany;
  exchange.answer.set_refused_by(is_too_often ? RefusedBy(Refuser::TokenRate, decision.client)
                                              : RefusedBy(Refuser::Access));
  return false;
}

// Operators ask from this machine, not from a page, and with an admin token when tokens are asked
// for.
bool Router::admit_operator(const RequestHead& head, bool is_local_peer, Exchange& exchange) const {
  const auto why = BrowserGuard::operator_refusal(head);
  if (!is_local_peer || !why.empty()) {
    fill_problem(exchange.answer, 403, why);
    return false;
  }
  if (is_from_admin(head, exchange)) return true;
  exchange.extra_fields = "WWW-Authenticate: Bearer\r\n";
  fill_problem(exchange.answer, 401, "an admin token is needed");
  return false;
}

bool Router::admit_own(const RequestHead& head, bool is_local_peer, Exchange& exchange) const {
  const auto position = *exchange.folder;
  const auto& folder = own_folders()[position];
  exchange.is_own = true;
  exchange.endpoint = positions().first_folder + static_cast<std::uint32_t>(position);
  if (folder.is_for_operators && !admit_operator(head, is_local_peer, exchange)) return false;
  const OwnRequest request{head, {}, parts_.clock.now(), false};
  const auto refused = refuse_own(own_sources(), request, exchange.answer);
  if (!refused) return !folder.is_for_clients || admit_quotes(head, exchange);
  const bool is_nowhere = exchange.answer.http_status == 404;
  if (!folder.is_for_operators && is_nowhere) exchange.endpoint = positions().other;
  if (folder.is_for_clients && is_nowhere)
    compact::fill(
        exchange.answer,
        {compact::Code::NotFound, "there is no such path", {}, {}, RefusedBy(Refuser::Path)});
  exchange.extra_fields = refused->extra_fields;
  return false;
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
  question.only_if_cached = head.only_if_cached;
  return question;
}

std::vector<std::string> Router::endpoint_names() const {
  std::vector<std::string> names;
  for (const auto& endpoint : parts_.catalogue.endpoints()) names.push_back(endpoint.name);
  names.emplace_back("uncatalogued");
  for (const auto& folder : own_folders()) names.emplace_back(folder.label());
  names.emplace_back("other");
  for (const auto& endpoint : parts_.catalogue.endpoints())
    names.push_back(std::string(kTellers) + endpoint.name);
  return names;
}

std::map<std::string, std::string, std::less<>> Router::usage_names() const {
  std::map<std::string, std::string, std::less<>> names{
      {"uncatalogued", "forward"}};  // as the calls
  for (const auto& endpoint : parts_.catalogue.endpoints()) {
    names[endpoint.name] = endpoint.name;
    names[std::string(kTellers) + endpoint.name] = endpoint.name;
  }
  return names;
}

Router::Positions Router::positions() const noexcept {
  const auto uncatalogued = static_cast<std::uint32_t>(parts_.catalogue.endpoints().size());
  const auto folders = static_cast<std::uint32_t>(own_folders().size());
  const auto other = uncatalogued + 1 + folders;
  return {uncatalogued, uncatalogued + 1, other, other + 1};
}

}  // namespace quotecached::routing
