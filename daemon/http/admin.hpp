// The admin routes: what an operator may ask of a running daemon and do to it. For loopback and
// Unix socket peers only and, when clients need tokens, with an admin token.
//
//   GET  /admin/credits                    how things stand now
//   GET  /admin/credits/report?days=&by=   what was spent and saved
//   GET  /admin/credits/calls?limit=&cursor=
//   GET  /admin/credits/alerts?limit=&cursor=
//   POST /admin/credits/reconcile          asks the provider for its count now
//   POST /admin/spend-mode {"mode":"cache_only","for":"2h"}
//   POST /admin/cache/clear-memory
//   POST /admin/test/clock {"advance":"61s"}   only in a daemon started with a clock that moves
//
// docs/admin.md describes them. What needs the database is not answered here but named: the caller
// asks it with answer_usage() on the engine's loop.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/request_head.hpp"
#include "pacing/spend_mode.hpp"
#include "proxy/answer.hpp"
#include "usage/question.hpp"

namespace quotecached::http {

namespace asio = boost::asio;

// Answers a question about usage with JSON; see usage::ReportReader.
using UsageSource = std::function<asio::awaitable<Result<std::string>>(usage::Question)>;

// Called on I/O threads, but for ask_usage; an empty one means that the route does not exist.
struct AdminActions {
  std::function<void()> clear_memory;
  std::function<void(milliseconds)> advance_clock;
  // How things stand, as JSON (admin_credits.hpp); empty text while that is not known yet.
  std::function<std::string()> credits;
  // By hand for as long; nullopt: automatic again.
  std::function<void(std::optional<pacing::SpendMode>, milliseconds)> set_spend_mode;
  std::function<void()> reconcile;
  // On the engine's loop. Empty for want of a database: its routes answer 503.
  UsageSource ask_usage;
};

struct AdminRequest {
  const RequestHead& head;
  std::string_view body;
  TimePoint now;
};

struct AdminReply {
  std::string_view extra_fields;            // header lines to add
  std::optional<usage::Question> question;  // set: nothing is answered, ask_usage must be asked
};

// Answers an admin request that may be made.
[[nodiscard]] AdminReply answer_admin(const AdminActions& actions,
                                      const AdminRequest& request,
                                      proxy::Answer& out);

// The answer to such a question. Requires: `ask` is not empty.
asio::awaitable<proxy::Answer> answer_usage(UsageSource ask, usage::Question question);

// "61s", "500ms", "2m", "1h", "1d". Fails with Invalid; never negative, at most 10 years.
[[nodiscard]] Result<milliseconds> parse_duration(std::string_view text);

}  // namespace quotecached::http
