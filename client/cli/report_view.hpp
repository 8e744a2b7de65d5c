// The report as a table and as CSV. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "cli/look.hpp"
#include "quotecache/report.hpp"

namespace quotecache::cli {

// Up to `limit` rows (nothing: all); the total is of all.
[[nodiscard]] std::string report_table(const Report& report,
                                       std::optional<std::size_t> limit,
                                       const Look& look);
[[nodiscard]] std::string report_csv(const Report& report, std::optional<std::size_t> limit);

}  // namespace quotecache::cli
