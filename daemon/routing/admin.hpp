// The admin routes: what an operator may ask of a running daemon and do to it. For loopback and
// Unix socket peers only and, when clients need tokens, with an admin token.
//
// Their paths and methods stand in own_routes.cpp, the documents that they answer with and take in
// admin/; docs/admin.md describes them. What needs the database or the provider is not answered
// here but handed back: the caller asks it with answer_later() on the engine's loop.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "admin/explain.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "pacing/spend_mode.hpp"
#include "proxy/answer.hpp"
#include "purge/order.hpp"
#include "routing/request_head.hpp"
#include "usage/question.hpp"
#include "warm/order.hpp"

namespace quotecached::routing {

namespace asio = boost::asio;

// Answers a question about usage with JSON; see usage::ReportReader.
using UsageSource = std::function<asio::awaitable<Result<std::string>>(usage::Question)>;

// Answers with JSON once that is known; on the engine's loop.
using Later = std::function<asio::awaitable<Result<std::string>>()>;

// How far the clock is to be moved, and how long what that causes may take; 0: is not waited for.
struct ClockMove {
  milliseconds by{0};
  milliseconds within{std::chrono::seconds(10)};
};
// Answers with JSON once all that the move causes is over; on the engine's loop. Fails with Timeout
// when it is not in time: the clock is moved all the same.
using MoveClock = std::function<asio::awaitable<Result<std::string>>(ClockMove)>;

// Begins what is ordered, and answers with the run as JSON; on the engine's loop. Fails with
// Exhausted while another is under way, with Invalid for what cannot be ordered.
using WarmSource = std::function<asio::awaitable<Result<std::string>>(warm::Order)>;

// Purges what is ordered, and answers with what became of it as JSON; on the engine's loop. Fails
// with Exhausted when too much would go unconfirmed, or too many purges are held.
using PurgeSource = std::function<asio::awaitable<Result<std::string>>(purge::Order)>;

// Answers why an asset is answered as it is, as JSON; on the engine's loop. Fails with Invalid.
using ExplainSource = std::function<asio::awaitable<Result<std::string>>(admin::ExplainQuery)>;

// Called on I/O threads, but for ask_usage, reconcile, warm, warm_runs, purge, stats, explain,
// reload and move_clock; an empty one means that the route does not exist.
struct AdminActions {
  std::function<void()> clear_memory;
  MoveClock move_clock;
  // How things stand, as JSON (admin/credits.hpp); empty text while that is not known yet.
  std::function<std::string()> credits;
  // The requests in progress, as JSON (admin/requests.hpp).
  std::function<std::string()> requests;
  // By hand for as long; nullopt: automatic again.
  std::function<void(std::optional<pacing::SpendMode>, milliseconds)> set_spend_mode;
  // On the engine's loop: reads the provider's count, then how things stand as JSON. Fails when it
  // cannot be read.
  Later reconcile;
  WarmSource warm;
  Later warm_runs;  // the last ones, as JSON
  PurgeSource purge;
  Later stats;  // how the cache does, as JSON (admin/stats.hpp)
  ExplainSource explain;
  // On the engine's loop: reads the settings anew, then what changed as JSON. Fails with Invalid,
  // saying all that is wrong: nothing changed then.
  Later reload;
  // On the engine's loop. Empty for want of a database: its routes answer 503.
  UsageSource ask_usage;
};

struct OwnRequest {
  const RequestHead& head;
  std::string_view body;
  TimePoint now;
  bool is_from_admin = false;  // shows an admin token, or none is asked for
};

struct OwnReply {
  std::string_view extra_fields;            // header lines to add
  std::optional<usage::Question> question;  // set: nothing is answered, ask_usage must be asked
  Later later;                              // set: nothing is answered, this must be asked
};

// The handlers, each of a request that may be made. Requires: the action that it needs is there.
namespace handlers {

using Handler = OwnReply(const AdminActions& actions,
                         const OwnRequest& request,
                         proxy::Answer& out);

Handler show_credits;    // how things stand now
Handler show_requests;   // those in progress, and what each waits for
Handler ask_report;      // what was spent and saved
Handler ask_calls;       // calls of the provider
Handler ask_alerts;      // what was alerted of
Handler reconcile;       // brings the books in line with the provider's count now
Handler order_warm;      // {"popular":50}, see admin/warm.hpp
Handler show_warm;       // the last runs
Handler set_spend_mode;  // {"mode":"cache_only","for":"2h"}
Handler show_stats;
Handler reload;       // reads the settings anew
Handler explain;      // the query of admin/explain.hpp
Handler purge_cache;  // the query of admin/purge.hpp
Handler clear_memory;
Handler move_clock;  // {"advance":"61s"}, in a daemon started with a clock that moves

}  // namespace handlers

// The answer to what was handed back. Requires: `later` is not empty.
asio::awaitable<proxy::Answer> answer_later(Later later);

}  // namespace quotecached::routing
