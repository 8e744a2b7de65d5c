// Pages of what happened, newest first: calls to the provider, and alerts. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "quotecache/credits.hpp"
#include "quotecache/time.hpp"

namespace quotecache {

inline constexpr int kMostPageRows = 1000;

struct PageQuery {
  int limit = 50;      // 1 .. kMostPageRows
  std::string cursor;  // `next` of the page before; empty: the newest
};

// A call to the provider.
struct Call {
  std::int64_t id = 0;
  TimePoint at;
  std::string endpoint;
  std::string client;  // empty: nobody's in particular
  std::string cause;   // "miss", "refresh", "warm", "cron", "retry", "probe"
  std::optional<std::int64_t> credits;
  std::int64_t predicted = 0;
  std::string state;  // "held": under way, "settled", "lost": no answer came
  std::optional<std::int64_t> took_ms;
  std::optional<std::int64_t> http_status;
  std::optional<std::int64_t> error_code;
  std::optional<std::int64_t> assets;
  std::int64_t riding = 0;  // further assets that it brought for nothing
};

struct CallsPage {
  std::vector<Call> calls;
  std::optional<std::string> next;  // nothing: this was the last page
  std::string document;             // the JSON all this was read from, as it came
};

struct AlertsPage {
  std::vector<Alert> alerts;
  std::optional<std::string> next;
  std::string document;
};

}  // namespace quotecache
