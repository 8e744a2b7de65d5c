// How things stand now, for people and as CSV. Pure.
#pragma once

#include <string>

#include "cli/look.hpp"
#include "quotecache/credits.hpp"
#include "quotecache/error.hpp"
#include "quotecache/report.hpp"

namespace quotecache::cli {

// `saved`: what the cache saved in this billing month, a sentence's part; empty: not told.
[[nodiscard]] std::string state_text(const Credits& credits,
                                     const Look& look,
                                     const std::string& saved = {});
// The part of the report on this billing month, or why there is none.
[[nodiscard]] std::string saved_text(const Result<Report>& month);
// A line per window.
[[nodiscard]] std::string state_csv(const Credits& credits);

// What was ordered.
[[nodiscard]] std::string order_text(const ModeState& ordered);

}  // namespace quotecache::cli
