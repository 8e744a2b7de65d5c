// Pages of calls and of alerts as tables and as CSV. Pure.
#pragma once

#include <string>

#include "cli/look.hpp"
#include "quotecache/history.hpp"

namespace quotecache::cli {

[[nodiscard]] std::string calls_table(const CallsPage& page, const Look& look);
[[nodiscard]] std::string calls_csv(const CallsPage& page);

[[nodiscard]] std::string alerts_table(const AlertsPage& page, const Look& look);
[[nodiscard]] std::string alerts_csv(const AlertsPage& page);

}  // namespace quotecache::cli
