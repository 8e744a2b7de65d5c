#include "routing/admin.hpp"

#include <utility>

#include <simdjson.h>

#include "admin/duration.hpp"
#include "admin/purge.hpp"
#include "admin/query.hpp"
#include "admin/spend_mode.hpp"
#include "admin/warm.hpp"
#include "routing/response.hpp"

namespace quotecached::routing {
namespace {

constexpr std::string_view kMoveForm =
    R"(expected {"advance":"61s"}, and "within":"10s" if wanted)";

Result<milliseconds> parse_advance(std::string_view text) {
  const bool is_back = text.starts_with('-');
  auto by = admin::parse_duration(text.substr(is_back ? 1 : 0));
  if (by && is_back) by = -*by;
  return by;
}

// Takes one member of the body. Fails with Invalid.
Result<void> take_member(ClockMove& move, std::string_view name, std::string_view text) {
  if (name != "advance" && name != "within")
    return fail(ErrorCode::Invalid, std::string(kMoveForm));
  const auto duration = name == "advance" ? parse_advance(text) : admin::parse_duration(text);
  if (!duration) return duration.outcome();
  (name == "advance" ? move.by : move.within) = *duration;
  return {};
}

Result<ClockMove> parse_move(std::string_view body) {
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  std::string_view text;
  const simdjson::padded_string padded(body);
  if (parser.parse(padded).get(members) != simdjson::SUCCESS ||
      members["advance"].get(text) != simdjson::SUCCESS)
    return fail(ErrorCode::Invalid, std::string(kMoveForm));
  ClockMove move;
  for (const auto& [name, value] : members) {
    if (value.get(text) != simdjson::SUCCESS)
      return fail(ErrorCode::Invalid, std::string(kMoveForm));
    if (auto taken = take_member(move, name, text); !taken) return std::move(taken).failure();
  }
  return move;
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

unsigned status_of(ErrorCode code) {
  if (code == ErrorCode::Exhausted) return 409;  // one of it is under way, or too much
  return code == ErrorCode::Invalid ? 400 : 503;
}

}  // namespace

namespace handlers {

OwnReply move_clock(const Actions& actions, const Request& request, proxy::Answer& out) {
  OwnReply reply;
  const auto move = parse_move(request.body);
  if (move) {
    reply.later = [&actions, asked = *move] { return actions.move_clock(asked); };
  } else {
    fill_problem(out, 400, move.error().message);
  }
  return reply;
}

OwnReply order_warm(const Actions& actions, const Request& request, proxy::Answer& out) {
  OwnReply reply;
  auto order = admin::parse_warm_order(request.body);
  if (order) {
    reply.later = [&actions, wanted = *std::move(order)] { return actions.warm(wanted); };
  } else {
    fill_problem(out, 400, order.error().message);
  }
  return reply;
}

OwnReply show_warm(const Actions& actions, const Request&, proxy::Answer&) {
  OwnReply reply;
  reply.later = actions.warm_runs;
  return reply;
}

OwnReply show_stats(const Actions& actions, const Request&, proxy::Answer&) {
  OwnReply reply;
  reply.later = actions.stats;
  return reply;
}

OwnReply reload(const Actions& actions, const Request&, proxy::Answer&) {
  OwnReply reply;
  reply.later = actions.reload;
  return reply;
}

OwnReply explain(const Actions& actions, const Request& request, proxy::Answer& out) {
  OwnReply reply;
  auto query = admin::parse_explain_query(query_of(request.head.target));
  if (query) {
    reply.later = [&actions, wanted = *std::move(query)] { return actions.explain(wanted); };
  } else {
    fill_problem(out, 400, query.error().message);
  }
  return reply;
}

OwnReply purge_cache(const Actions& actions, const Request& request, proxy::Answer& out) {
  OwnReply reply;
  auto order = admin::parse_purge_order(query_of(request.head.target));
  if (order) {
    reply.later = [&actions, wanted = *std::move(order)] { return actions.purge(wanted); };
  } else {
    fill_problem(out, 400, order.error().message);
  }
  return reply;
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
