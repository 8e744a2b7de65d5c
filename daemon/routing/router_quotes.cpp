// What Router does for the daemon's own endpoint for quotes.
#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "base/ascii.hpp"
#include "routing/bearer.hpp"
#include "routing/router.hpp"

namespace quotecached::routing {
namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

bool is_form(std::string_view content_type) {
  auto type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  return equal_ignoring_case(type, kForm);
}

compact::Problem problem_of(const Auth::Decision& decision) {
  using compact::Code;
  if (decision.access == Auth::Access::TooMany)
    return {Code::RateLimited,
            "this token has made all the requests that it may make in a minute",
            {},
            decision.retry_after,
            RefusedBy(Refuser::TokenRate, decision.client)};
  const bool is_missing = decision.access == Auth::Access::Missing;
  return {Code::Unauthorized,
          is_missing ? "a token is needed" : "this token is not known",
          {},
          {},
          RefusedBy(Refuser::Access)};
}

}  // namespace

// The token first, as on the provider's paths. Parameters in a body are looked at when that is
// there.
bool Router::admit_quotes(const RequestHead& head, Exchange& exchange) const {
  exchange.is_own = false;  // its answers tell ages, and how the cache did
  if (!is_open()) {
    const auto shown = !head.api_key.empty() ? head.api_key : bearer(head.authorization);
    const auto decision = exchange.auth->check(shown, exchange.credential, parts_.clock.now());
    exchange.client = decision.client;
    exchange.client_position = decision.client_position;
    exchange.rate = decision.rate;
    if (decision.access != Auth::Access::Granted) {
      compact::fill(exchange.answer, problem_of(decision));
      if (decision.access != Auth::Access::TooMany)
        exchange.extra_fields = "WWW-Authenticate: Bearer\r\n";
      return false;
    }
  }
  if (path_of(head.target) == kStreamPath) return admit_stream(head, exchange);
  if (head.method != Method::Post) return read_ask(head, {}, exchange);
  if (is_form(head.content_type)) return true;
  compact::fill(exchange.answer,
                {compact::Code::Invalid,
                 "the body is to be a form: Content-Type: " + std::string(kForm),
                 {},
                 {},
                 RefusedBy(Refuser::Request)});
  return false;
}

// A client that polls asks the same again and again: its ask is read once.
bool Router::read_ask(const RequestHead& head, std::string_view form, Exchange& exchange) const {
  auto& read = exchange.quotes;
  const bool is_form = head.method == Method::Post;
  const bool is_known =
      !is_form && read.ask && read.target == head.target && read.accept == head.accept;
  if (!is_known) {
    read.ask.reset();
    auto parsed = compact::parse_ask(query_of(head.target), form, head.accept);
    if (const auto* problem = std::get_if<compact::Problem>(&parsed)) {
      compact::fill(exchange.answer, *problem);
      return false;
    }
    read.ask = std::make_shared<const compact::Ask>(std::move(std::get<compact::Ask>(parsed)));
    read.target = is_form ? std::string() : std::string(head.target);
    read.accept = head.accept;
  }
  exchange.list_price = parts_.quotes->list_price(*read.ask);
  return true;
}

Router::Action Router::answer_quotes(const RequestHead& head,
                                     std::string_view form,
                                     Exchange& exchange) const {
  if (exchange.is_stream) return answer_stream(head, exchange);
  if (head.method == Method::Post && !read_ask(head, form, exchange)) return Action::Answered;
  if (parts_.quotes->try_answer(*exchange.quotes.ask, exchange.answer)) return Action::Answered;
  compact::ClientAsk asked{exchange.quotes.ask, std::string(exchange.client), head.only_if_cached};
  exchange.work = [quotes = parts_.quotes, asked = std::move(asked)](const RequestTagPtr& tag) {
    auto tagged = asked;
    tagged.tag = tag;
    return quotes->serve(std::move(tagged));
  };
  return Action::AskLater;
}

std::vector<catalog::Request> Router::as_of_provider(const Exchange& exchange) const {
  if (parts_.quotes == nullptr || !exchange.quotes.ask) return {};
  return parts_.quotes->as_of_provider(*exchange.quotes.ask, exchange.answer.led_to);
}

}  // namespace quotecached::routing
