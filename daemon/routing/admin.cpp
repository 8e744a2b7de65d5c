#include "routing/admin.hpp"

#include <utility>

#include <simdjson.h>

#include "admin/duration.hpp"
#include "admin/query.hpp"
#include "admin/spend_mode.hpp"
#include "routing/response.hpp"

namespace quotecached::routing {
namespace {

Result<milliseconds> parse_advance(std::string_view body) {
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  std::string_view text;
  const simdjson::padded_string padded(body);
  const bool is_known = parser.parse(padded).get(members) == simdjson::SUCCESS &&
                        members.size() == 1 && members["advance"].get(text) == simdjson::SUCCESS;
  if (!is_known) return fail(ErrorCode::Invalid, R"(expected {"advance":"61s"})");
  const bool is_back = text.starts_with('-');
  auto by = admin::parse_duration(text.substr(is_back ? 1 : 0));
  if (by && is_back) by = -*by;
  return by;
}

using Actions = AdminActions;
using Request = OwnRequest;

template <class Query>
OwnReply ask(const Actions& actions, Result<Query> query, proxy::Answer& out) {
  OwnReply reply;
  if (!query) {
    fill_problem(out, 400, query.error().message);
  } else if (!actions.ask_usage) {
    fill_problem(out, 503, "the daemon runs without its database: nothing is recorded");
  } else {
    reply.question = std::move(*query);
  }
  return reply;
}

unsigned status_of(ErrorCode code) { return code == ErrorCode::Invalid ? 400 : 503; }

}  // namespace

namespace handlers {

OwnReply advance_clock(const Actions& actions, const Request& request, proxy::Answer& out) {
  const auto by = parse_advance(request.body);
  if (!by) {
    fill_problem(out, 400, by.error().message);
    return {};
  }
  actions.advance_clock(*by);
  fill_json(out, "{\"advanced_ms\":" + std::to_string(by->count()) + "}\n");
  return {};
}

OwnReply clear_memory(const Actions& actions, const Request&, proxy::Answer& out) {
  actions.clear_memory();
  fill_json(out, "{\"cleared\":true}\n");
  return {};
}

OwnReply show_credits(const Actions& actions, const Request&, proxy::Answer& out) {
  auto text = actions.credits();
  if (text.empty()) {
    fill_problem(out, 503, "not known yet: the daemon has just started");
  } else {
    fill_json(out, std::move(text) + "\n");
  }
  return {};
}

OwnReply show_requests(const Actions& actions, const Request&, proxy::Answer& out) {
  fill_json(out, actions.requests() + "\n");
  return {};
}

OwnReply set_spend_mode(const Actions& actions, const Request& request, proxy::Answer& out) {
  const auto order = admin::parse_spend_mode_order(request.body);
  if (!order) {
    fill_problem(out, 400, order.error().message);
    return {};
  }
  actions.set_spend_mode(order->mode, order->life);
  fill_json(out, admin::to_json(*order, request.now) + "\n");
  return {};
}

OwnReply reconcile(const Actions& actions, const Request&, proxy::Answer&) {
  OwnReply reply;
  reply.later = actions.reconcile;
  return reply;
}

OwnReply ask_report(const Actions& actions, const Request& request, proxy::Answer& out) {
  return ask(actions, admin::parse_report_query(query_of(request.head.target)), out);
}

OwnReply ask_calls(const Actions& actions, const Request& request, proxy::Answer& out) {
  using enum usage::PageQuery::Of;
  return ask(actions, admin::parse_page_query(Calls, query_of(request.head.target)), out);
}

OwnReply ask_alerts(const Actions& actions, const Request& request, proxy::Answer& out) {
  using enum usage::PageQuery::Of;
  return ask(actions, admin::parse_page_query(Alerts, query_of(request.head.target)), out);
}

}  // namespace handlers

asio::awaitable<proxy::Answer> answer_later(Later later) {
  auto text = co_await later();
  proxy::Answer answer;
  if (text) {
    fill_json(answer, std::move(*text) + "\n");
  } else {
    fill_problem(answer, status_of(text.error().code), text.error().message);
  }
  co_return answer;
}

}  // namespace quotecached::routing
