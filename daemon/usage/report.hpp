// Reads a report from the database: what was asked, what it cost, and what the cache saved.
//
// Credits are those of the calls, whoever caused them (refreshes and warming too), so that the
// totals of all reports of a period agree. Blocks: for the threads of a pool.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "store/reader.hpp"
#include "usage/provider_count.hpp"
#include "usage/question.hpp"
#include "usage/report_figures.hpp"
#include "usage/report_period.hpp"

namespace quotecached::usage {

struct Report {
  ReportBy by = ReportBy::Endpoint;
  ReportPeriod period;
  std::optional<TimePoint>
      records_from;          // the first that records cover whole; empty: there are none
  bool is_complete = false;  // they cover the period whole
  std::optional<ProviderCount> provider;  // of a period that the provider counts too
  std::vector<ReportRow> rows;
  ReportRow total;  // of all rows; its key is "total"
};

// Lines of a report by asset; what the others cost is told in one more.
inline constexpr std::size_t kMostAssetLines = 1000;

// From one state of the database. Throws SQLite::Exception, after which the reader must be
// discarded.
[[nodiscard]] Report read_report(store::Reader& reader, ReportBy by, const ReportPeriod& period);

}  // namespace quotecached::usage
