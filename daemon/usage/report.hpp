// Reads a report from the database: what was asked, what it cost, and what the cache saved.
//
// Credits are those of the calls, whoever caused them (refreshes and warming too), so that the
// totals of reports by endpoint, client, cause and day agree. Blocks: for the threads of a pool.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/clock.hpp"
#include "store/reader.hpp"
#include "usage/question.hpp"
#include "usage/report_figures.hpp"

namespace quotecached::usage {

// Lines of a report by asset; what the others cost is told in one more.
inline constexpr std::size_t kMostAssetLines = 1000;

// From one state of the database; begins no earlier than days are kept for, whatever is asked.
// Throws SQLite::Exception, after which the reader must be discarded. Requires: query.days is 1 ..
// kMostReportDays.
[[nodiscard]] Report read_report(store::Reader& reader,
                                 const ReportQuery& query,
                                 TimePoint now,
                                 milliseconds kept = std::chrono::days(kMostReportDays));

}  // namespace quotecached::usage
