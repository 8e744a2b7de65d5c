// Pages of calls and of alerts as tables and as CSV. Pure.
#pragma once

#include <string>
#include <string_view>

#include "cli/look.hpp"
#include "quotecache/history.hpp"

namespace quotecache::cli {

// `cursor`: with which the page was asked for; empty: it is the first.
[[nodiscard]] std::string calls_table(const CallsPage& page,
                                      std::string_view cursor,
                                      const Look& look);
[[nodiscard]] std::string calls_csv(const CallsPage& page);

[[nodiscard]] std::string alerts_table(const AlertsPage& page,
                                       std::string_view cursor,
                                       const Look& look);
[[nodiscard]] std::string alerts_csv(const AlertsPage& page);

}  // namespace quotecache::cli
