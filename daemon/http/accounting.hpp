// How answered requests are counted: by the ways to answer one, and by what each was worth.
//
// Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/tier_kind.hpp"
#include "base/types.hpp"
#include "metrics/request_stats.hpp"
#include "proxy/answer.hpp"
#include "usage/rollup.hpp"

namespace quotecached::http {

// The ways to answer a request: fresh from each tier, the proxy's other outcomes, and those of no
// data of the provider's, which begin at kOwn.
[[nodiscard]] std::vector<metrics::Way> ways();
inline constexpr std::uint32_t kOwn = kTiers.size() + proxy::kOutcomes - 1;
inline constexpr std::uint32_t kMalformed = kOwn + 1;  // it could not be read as a request
inline constexpr std::uint32_t kShed = kOwn + 2;       // there was no room for it

// Under what the requests that one router takes are counted: its names, turned into numbers once.
struct RequestIds {
  RequestIds(metrics::RequestStats& stats,
             const std::vector<std::string>& client_names,
             const std::vector<std::string>& endpoint_names);

  std::vector<metrics::ClientId> clients;      // by position in Router::client_names()
  std::vector<metrics::EndpointId> endpoints;  // by position in Router::endpoint_names()
  metrics::EndpointId other;                   // of what has no endpoint
};

// Position in ways(). `is_own`: answered by the daemon itself, not the provider's data.
[[nodiscard]] std::uint32_t way_of(const proxy::Answer& answer, bool is_own) noexcept;

// What the answer would have cost without a cache: errors are not billed, and what is passed on
// costs what it costs.
[[nodiscard]] Credits worth_of(const proxy::Answer& answer, Credits list_price) noexcept;

// Endpoints as they are called in metrics, and as they are called in usage, where several may be
// one. Those that are left out are no usage.
using UsageNames = std::map<std::string, std::string, std::less<>>;

// What the counts say as rows of usage.
[[nodiscard]] std::vector<usage::UsageRow> usage_rows(
    const std::vector<metrics::RequestCounts>& counts, const UsageNames& names);

}  // namespace quotecached::http
