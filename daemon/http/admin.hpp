// The admin routes: what an operator may do to a running daemon. For loopback and Unix socket peers
// only and, when clients need tokens, with an admin token.
//
//   POST /admin/cache/clear-memory
//   POST /admin/test/clock {"advance":"61s"}   only in a daemon started with a clock that moves
#pragma once

#include <functional>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/request_head.hpp"
#include "proxy/answer.hpp"

namespace quotecached::http {

// Called on I/O threads; an empty one means that the route does not exist.
struct AdminActions {
  std::function<void()> clear_memory;
  std::function<void(milliseconds)> advance_clock;
};

// Answers an admin request that may be made. Returns header fields to add.
std::string_view answer_admin(const AdminActions& actions,
                              const RequestHead& head,
                              std::string_view body,
                              proxy::Answer& out);

// "61s", "500ms", "2m", "1h", "1d". Fails with Invalid; never negative, at most 10 years.
[[nodiscard]] Result<milliseconds> parse_duration(std::string_view text);

}  // namespace quotecached::http
