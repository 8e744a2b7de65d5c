// What of time a report is of, for people. Pure.
#pragma once

#include <string>

#include "cli/look.hpp"
#include "quotecache/report.hpp"

namespace quotecache::cli {

// "2026-11-15 to 2026-11-21 (the last 7 days)".
[[nodiscard]] std::string period_text(const Report& report);
// "in the last 7 days", "today", "from 2026-10-05 to 2026-11-02": after a sentence without a stop.
[[nodiscard]] std::string when_text(const Report& report);
// What of the period is not in the figures; empty: all of it is.
[[nodiscard]] std::string period_notes(const Report& report, const Look& look);

// The provider's own count beside the records; empty where it has none of the period.
[[nodiscard]] std::string provider_note(const Report& report, const Look& look);

}  // namespace quotecache::cli
