// What a load test reads out of pages of a daemon that runs already.
//
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace quotecached::load {

// The sum of all series of one metric in a page of Prometheus text; empty when there is none.
[[nodiscard]] std::optional<double> metric_sum(std::string_view page, std::string_view name);

// The ids that an answer of the provider names, each once, in its order. Requires: an answer that
// the daemon has checked.
[[nodiscard]] std::vector<std::int64_t> ids_in(std::string_view answer);

}  // namespace quotecached::load
