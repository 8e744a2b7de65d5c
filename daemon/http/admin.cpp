#include "http/admin.hpp"

#include <utility>

#include <simdjson.h>

#include "admin/duration.hpp"
#include "admin/query.hpp"
#include "admin/spend_mode.hpp"
#include "http/response.hpp"

namespace quotecached::http {
namespace {

constexpr std::string_view kJson = "application/json; charset=utf-8";

Result<milliseconds> parse_advance(std::string_view body) {
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  std::string_view text;
  const simdjson::padded_string padded(body);
  const bool is_known = parser.parse(padded).get(members) == simdjson::SUCCESS &&
                        members.size() == 1 && members["advance"].get(text) == simdjson::SUCCESS;
  if (!is_known) return fail(ErrorCode::Invalid, R"(expected {"advance":"61s"})");
  return admin::parse_duration(text);
}

using Actions = AdminActions;
using Request = AdminRequest;

template <class Query>
AdminReply ask(const Actions& actions, Result<Query> query, proxy::Answer& out) {
  AdminReply reply;
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

AdminReply advance_clock(const Actions& actions, const Request& request, proxy::Answer& out) {
  const auto by = parse_advance(request.body);
  if (!by) {
    fill_problem(out, 400, by.error().message);
    return {};
  }
  actions.advance_clock(*by);
  fill_text(out, "{\"advanced_ms\":" + std::to_string(by->count()) + "}\n", kJson);
  return {};
}

AdminReply clear_memory(const Actions& actions, const Request&, proxy::Answer& out) {
  actions.clear_memory();
  fill_text(out, "{\"cleared\":true}\n", kJson);
  return {};
}

AdminReply show_credits(const Actions& actions, const Request&, proxy::Answer& out) {
  auto text = actions.credits();
  if (text.empty()) {
    fill_problem(out, 503, "not known yet: the daemon has just started");
  } else {
    fill_text(out, std::move(text) + "\n", kJson);
  }
  return {};
}

AdminReply show_requests(const Actions& actions, const Request&, proxy::Answer& out) {
  fill_text(out, actions.requests() + "\n", kJson);
  return {};
}

AdminReply set_spend_mode(const Actions& actions, const Request& request, proxy::Answer& out) {
  const auto order = admin::parse_spend_mode_order(request.body);
  if (!order) {
    fill_problem(out, 400, order.error().message);
    return {};
  }
  actions.set_spend_mode(order->mode, order->life);
  fill_text(out, admin::to_json(*order, request.now) + "\n", kJson);
  return {};
}

AdminReply reconcile(const Actions& actions, const Request&, proxy::Answer& out) {
  actions.reconcile();
  fill_text(out, "{\"asked\":true}\n", kJson);
  return {};
}

AdminReply ask_report(const Actions& actions, const Request& request, proxy::Answer& out) {
  return ask(actions, admin::parse_report_query(query_of(request.head.target)), out);
}

AdminReply ask_calls(const Actions& actions, const Request& request, proxy::Answer& out) {
  using enum usage::PageQuery::Of;
  return ask(actions, admin::parse_page_query(Calls, query_of(request.head.target)), out);
}

AdminReply ask_alerts(const Actions& actions, const Request& request, proxy::Answer& out) {
  using enum usage::PageQuery::Of;
  return ask(actions, admin::parse_page_query(Alerts, query_of(request.head.target)), out);
}

}  // namespace handlers

asio::awaitable<proxy::Answer> answer_usage(UsageSource ask, usage::Question question) {
  auto text = co_await ask(question);
  proxy::Answer answer;
  if (text) {
    fill_text(answer, std::move(*text) + "\n", kJson);
  } else {
    fill_problem(answer, status_of(text.error().code), text.error().message);
  }
  co_return answer;
}

}  // namespace quotecached::http
