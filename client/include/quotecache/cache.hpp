// How a daemon's cache does, and why an asset is answered as it is: what GET /admin/stats and GET
// /admin/explain tell. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "quotecache/time.hpp"

namespace quotecache {

// Requests of clients since the daemon started, by how they were answered.
struct RequestCounts {
  std::int64_t hit = 0;      // all fresh
  std::int64_t stale = 0;    // with stale copies
  std::int64_t miss = 0;     // all of it was fetched
  std::int64_t partial = 0;  // some of it was
  std::int64_t forwarded = 0;
  std::int64_t refused = 0;  // wrong requests
  std::int64_t failed = 0;
};

struct TierStats {
  std::string tier;
  bool up = true;
  std::string error;
  std::int64_t answered = 0;          // hits of which it had the last that was wanting
  std::optional<std::int64_t> found;  // keys; nothing: not counted
  std::optional<std::int64_t> not_found;
  std::optional<std::int64_t> entries;  // nothing: it cannot tell
  std::optional<std::int64_t> bytes;
};

struct CreditsSpent {
  std::int64_t spent = 0;
  std::optional<std::int64_t> cap;
};

struct CacheStats {
  TimePoint at;
  RequestCounts requests;
  std::vector<TierStats> tiers;
  std::optional<CreditsSpent> today;  // nothing: not known yet
  std::optional<CreditsSpent> month;
  bool upstream_up = true;
  std::string upstream_error;
  std::int64_t upstream_average_ms = 0;
  std::int64_t purges = 0;  // rules that hold
  std::string document;     // the JSON all this was read from, as it came
};

struct ExplainQuery {
  std::string asset;  // "1", "BTC", "slug:bitcoin"
  std::string convert = "USD";
  std::string endpoint = "v2.quotes";
};

struct CopyInfo {
  std::string tier;
  std::string key;
  std::string state;  // "fresh", "stale", "no such asset", "expired", "purged"
  double age_s = 0;
  TimePoint fetched_at;
  TimePoint fresh_until;
  TimePoint stale_until;
  std::int64_t bytes = 0;
};

// The call that brought a copy, as far as the daemon made it.
struct LastCall {
  TimePoint at;
  std::string cause;
  std::int64_t credits = 0;
  std::int64_t assets = 0;
  std::int64_t riding = 0;
};

struct Popularity {
  double asks_a_day = 0;
  double asks_a_second = 0;
  TimePoint last_asked;
};

struct Explanation {
  TimePoint at;
  std::string target;
  std::string endpoint;
  std::optional<CopyInfo> answer;  // nothing: no copy may be shown
  std::vector<CopyInfo> copies;
  std::vector<std::string> tiers_down;
  std::optional<LastCall> last_call;
  std::optional<Popularity> popularity;
  std::optional<TimePoint> next_refresh;
  std::string next_refresh_why;
  std::string document;
};

}  // namespace quotecache
