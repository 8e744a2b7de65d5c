// How answered requests are counted: by the ways to answer one, and by what each was worth.
//
// Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/types.hpp"
#include "metrics/request_stats.hpp"
#include "proxy/answer.hpp"
#include "usage/rollup.hpp"

namespace quotecached::http {

// The ways to answer a request: fresh from each tier, the proxy's other outcomes, and "own".
[[nodiscard]] std::vector<metrics::Way> ways();

// Position in ways(). `is_own`: answered by the daemon itself, not the provider's data.
[[nodiscard]] std::uint32_t way_of(const proxy::Answer& answer, bool is_own) noexcept;

// What the answer would have cost without a cache: errors are not billed, and what is passed on
// costs what it costs.
[[nodiscard]] Credits worth_of(const proxy::Answer& answer, Credits list_price) noexcept;

// What the counts say as rows of usage. `endpoints`: the names of the first endpoints; the others
// are the daemon's own routes, which are no usage.
[[nodiscard]] std::vector<usage::UsageRow> usage_rows(
    const std::vector<metrics::RequestCounts>& counts,
    std::span<const std::string> clients,
    std::span<const std::string> endpoints);

}  // namespace quotecached::http
