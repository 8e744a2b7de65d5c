// Whether day and month last until they reset, for people and as CSV. Pure.
#pragma once

#include <string>

#include "cli/look.hpp"
#include "quotecache/credits.hpp"

namespace quotecache::cli {

[[nodiscard]] std::string forecast_text(const Credits& credits, const Look& look);
// A line per window that has a forecast, or for which it is too early.
[[nodiscard]] std::string forecast_csv(const Credits& credits);

// A sentence per window that has a forecast, or why it has none.
[[nodiscard]] std::string forecast_lines(const Credits& credits, const Look& look);

}  // namespace quotecache::cli
