// The SQL of reports and pages. A fixed set of texts, each of which reads ranges of a key only: a
// test asks SQLite how it would run them.
#pragma once

#include <string_view>

#include "usage/question.hpp"

namespace quotecached::usage {

// The first four: days count from ?1 to before ?2 and from ?3 to before ?4, months, each read as
// one row, from ?2 to before ?3. By day, days count from ?1 to before ?4.

// key, then kRequestColumns, then the latencies. Requires: by endpoint, client or day.
[[nodiscard]] std::string_view requests_query(ReportBy by) noexcept;
// key, then kCallColumns. Requires: not by asset.
[[nodiscard]] std::string_view calls_query(ReportBy by) noexcept;
// key, asks, age_ms. Requires: by endpoint or day.
[[nodiscard]] std::string_view ages_query(ReportBy by) noexcept;
// kind, asset, requests, fetches, microcredits.
[[nodiscard]] std::string_view assets_query() noexcept;

// The first day and the first month that there is a record of, or NULL.
[[nodiscard]] std::string_view records_query() noexcept;

// Rows with ids below ?1, newest first, ?2 of them at most.
[[nodiscard]] std::string_view page_query(PageQuery::Of of) noexcept;

}  // namespace quotecached::usage
