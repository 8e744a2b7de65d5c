// How things stand now, for people and as CSV. Pure.
#pragma once

#include <string>

#include "cli/look.hpp"
#include "quotecache/credits.hpp"

namespace quotecache::cli {

[[nodiscard]] std::string state_text(const Credits& credits, const Look& look);
// A line per window.
[[nodiscard]] std::string state_csv(const Credits& credits);

// What was ordered.
[[nodiscard]] std::string order_text(const ModeState& ordered);

}  // namespace quotecache::cli
