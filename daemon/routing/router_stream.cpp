// What Router does for clients that listen to quotes.
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "routing/router.hpp"

namespace quotecached::routing {
namespace {

// For who finds no place to listen.
constexpr std::chrono::seconds kComeBack{5};

}  // namespace

bool Router::admit_stream(const RequestHead& head, Exchange& exchange) const {
  auto read = stream::read_ask(query_of(head.target));
  if (const auto* problem = std::get_if<compact::Problem>(&read)) {
    compact::fill(exchange.answer, *problem);
    return false;
  }
  exchange.is_stream = exchange.is_own = true;
  exchange.stream = std::make_unique<stream::Subscription>();
  auto& asked = *exchange.stream;
  asked.read = std::move(std::get<stream::ReadAsk>(read));
  asked.client = exchange.client;
  asked.most_asks = waiters_of(exchange).most;
  asked.is_framed = !head.is_http_1_0;
  // The header is what a listener says that has come back by itself.
  const std::string_view since = head.last_event_id.empty() ? asked.read.since : head.last_event_id;
  asked.since = parts_.stream->version_of(since);
  return true;
}

Router::Action Router::answer_stream(const RequestHead& head, Exchange& exchange) const {
  if (head.method == Method::Head) {
    exchange.stream.reset();
    return Action::Answered;
  }
  exchange.stream->place = parts_.stream->take_place();
  if (exchange.stream->place) return Action::Stream;
  exchange.stream.reset();
  exchange.is_stream = exchange.is_own = false;
  compact::fill(exchange.answer,
                {compact::Code::Unavailable,
                 "as many listen already as there may be",
                 {},
                 kComeBack,
                 RefusedBy(Refuser::Overload)});
  return Action::Answered;
}

}  // namespace quotecached::routing
