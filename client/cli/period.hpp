// Which period a report is asked for, from the words of a command line. Pure.
#pragma once

#include <string>

#include "quotecache/report.hpp"

namespace quotecache::cli {

// As they are written; empty: not said.
struct PeriodWords {
  std::string month;    // "2026-10"
  std::string from;     // "2026-10-05"
  std::string to;       // the last day, included
  std::string billing;  // "current", "previous"
};

// What is wrong with a day or a month, in a sentence that says what would be right; empty: nothing.
[[nodiscard]] std::string wrong_day(const std::string& text);
[[nodiscard]] std::string wrong_month(const std::string& text);

// Puts the period into `query`, which is left alone where nothing is said. Returns what is wrong
// with the words together; empty: nothing. Requires: each of them is not wrong.
[[nodiscard]] std::string take_period(const PeriodWords& words, ReportQuery& query);

}  // namespace quotecache::cli
