// Why an asset is answered as it is: what GET /admin/explain answers. Pure; docs/admin.md names the
// members.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "pacing/spend_policy.hpp"

namespace quotecached::admin {

struct ExplainQuery {
  std::string asset;  // as it is asked for: its name without the kind
  std::string kind;   // the provider's parameter: "id", "symbol", "slug"
  std::string convert = "USD";
  std::string endpoint = "v2.quotes";
};

// asset=1, asset=BTC, asset=slug:bitcoin; convert and endpoint if wanted. Digits are an id, other
// bare names a symbol. Fails with Invalid, naming the parameter.
[[nodiscard]] Result<ExplainQuery> parse_explain_query(std::string_view query);

enum class CopyState : std::uint8_t { Fresh, Stale, Negative, Expired, Purged };

struct CopySeen {
  std::string tier;
  std::string key;
  CopyState state = CopyState::Expired;
  TimePoint fetched_at;
  TimePoint fresh_until;
  TimePoint stale_until;
  std::size_t bytes = 0;
};

// The position of the copy that answers now: the first that is fresh, as the chain looks for it
// (copies stand in its order), else the youngest that may be shown. Nothing: none may.
[[nodiscard]] std::optional<std::size_t> answering(const std::vector<CopySeen>& copies);

// The call nearest to when the copy was fetched, of its endpoint.
struct CallSeen {
  TimePoint at;
  std::string cause;
  std::int64_t credits = 0;
  std::int64_t assets = 0;
  std::int64_t riding = 0;
};

struct PopularitySeen {
  double asks_a_day = 0;
  TimePoint last_asked;
  double asks_a_second = 0;  // as is expected
};

struct Explanation {
  TimePoint at;
  std::string target;  // what a client asks for
  std::string endpoint;
  std::vector<std::string> keys;  // that may answer: its own, then those that the name leads to
  std::vector<CopySeen> copies;
  std::optional<std::size_t> answers;  // position in copies
  std::optional<CallSeen> call;
  std::optional<PopularitySeen> popularity;  // nothing: nobody asks for it
  std::vector<std::string> tiers_down;

  // What decides when it is renewed.
  std::string kept_warm;  // "pinned", or the name of an open window; empty: neither
  bool renews_ahead = false;
  double fewest_asks = 5;  // while a copy is fresh, of what is renewed ahead
  pacing::SpendPolicy policy;
};

struct NextRefresh {
  std::optional<TimePoint> at;  // nothing: when somebody asks, or not at all
  std::string why;
};
[[nodiscard]] NextRefresh next_refresh(const Explanation& explanation);

[[nodiscard]] std::string to_json(const Explanation& explanation);

}  // namespace quotecached::admin
