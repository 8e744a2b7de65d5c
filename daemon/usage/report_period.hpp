// What of time a report is of: which days of UTC it counts, and which of them it reads as months.
//
// Pure. Usage is kept by days and months of UTC. A billing month that begins within a day counts
// that whole day, and the month before ends with the day before: no day counts twice.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "ledger/windows.hpp"
#include "usage/question.hpp"

namespace quotecached::usage {

enum class PeriodKind : std::uint8_t { Days, Dates, Billing, PreviousBilling };
// "days", "dates", "billing", "billing_previous".
[[nodiscard]] std::string_view to_string(PeriodKind kind) noexcept;

struct ReportPeriod {
  PeriodKind kind = PeriodKind::Days;
  ledger::Window asked;  // what was asked for; of a billing month from its reset to its next
  int days = 0;          // of UTC that `asked` counts as

  // What is counted: the days from `from` to before `to`, which is `now` where they include it.
  TimePoint from;
  TimePoint to;
  bool is_cut = false;  // `from` is later than asked for, since less is kept

  // Of these, what is read as whole months: none where both are equal.
  TimePoint months_from;
  TimePoint months_to;
};

// What periods are found by.
struct PeriodFacts {
  TimePoint now;
  milliseconds kept;      // of days; months are kept for good
  ledger::Anchor anchor;  // of the account's months
};

// Of the last days as many as are kept. Fails with Invalid for other periods that have not begun,
// or that would need days which are not kept any more. Requires: query.days is 1 ..
// kMostReportDays.
[[nodiscard]] Result<ReportPeriod> period_of(const ReportQuery& query, const PeriodFacts& facts);

// Whether records that begin some time within the day of `first_day` and the month of `first_month`
// cover all that was asked for. Where days of that month were dropped since, what it covers is not
// known: then only what comes after it is.
struct RecordsBegin {
  TimePoint first_day;
  TimePoint first_month;
};
[[nodiscard]] TimePoint whole_from(const RecordsBegin& begin) noexcept;
[[nodiscard]] bool is_complete(const ReportPeriod& period, const RecordsBegin& begin) noexcept;

}  // namespace quotecached::usage
