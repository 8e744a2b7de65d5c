// How answered requests are counted: by the ways to answer one, and by what each was worth.
//
// Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/types.hpp"
#include "metrics/request_stats.hpp"
#include "proxy/answer.hpp"
#include "usage/rollup.hpp"

namespace quotecached::http {

// The ways to answer a request: fresh from each tier, the proxy's other outcomes, and "own".
[[nodiscard]] std::vector<metrics::Way> ways();

// Under what the requests that one router takes are counted: its names, turned into numbers once.
struct RequestIds {
  RequestIds(metrics::RequestStats& stats,
             const std::vector<std::string>& client_names,
             const std::vector<std::string>& endpoint_names);

  std::vector<metrics::ClientId> clients;      // by position in Router::client_names()
  std::vector<metrics::EndpointId> endpoints;  // by position in Router::endpoint_names()
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
