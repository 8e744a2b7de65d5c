// What may be asked about usage: reports over days, and pages of calls and alerts. Plain values.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace quotecached::usage {

enum class ReportBy : std::uint8_t { Endpoint, Client, Asset, Cause, Day };
[[nodiscard]] std::string_view to_string(ReportBy by) noexcept;  // "endpoint", "client", ...
[[nodiscard]] std::optional<ReportBy> parse_report_by(std::string_view word) noexcept;

inline constexpr int kMostReportDays = 3660;
inline constexpr int kMostPageRows = 1000;

// Days of UTC, both included. Requires: first <= last.
struct DaySpan {
  std::chrono::sys_days first;
  std::chrono::sys_days last;
};

// A month of the account's plan: the one that is running, or the one before.
enum class BillingMonth : std::uint8_t { Current, Previous };

// What of time a report is of: the last days, unless a span or a billing month is asked for.
struct ReportQuery {
  ReportBy by = ReportBy::Endpoint;
  int days = 7;  // of UTC, today included; 1 .. kMostReportDays
  std::optional<DaySpan> span = {};
  std::optional<BillingMonth> billing = {};
};

// A page of the newest rows, or of those older than the last row of the page before.
struct PageQuery {
  enum class Of : std::uint8_t { Calls, Alerts };
  Of of = Of::Calls;
  int limit = 50;                           // 1 .. kMostPageRows
  std::optional<std::int64_t> before = {};  // the cursor: a row's id
};

using Question = std::variant<ReportQuery, PageQuery>;

}  // namespace quotecached::usage
