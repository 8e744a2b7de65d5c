#include "usage/report_period.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include <fmt/format.h>

namespace quotecached::usage {
namespace {

using std::chrono::ceil;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 4> kPeriodWords{
    "days", "dates", "billing", "billing_previous"};

// By its parts: fmt would count its nanoseconds, which overflow after 2262.
std::string date(sys_days day) {
  const year_month_day of(day);
  return fmt::format("{:04}-{:02}-{:02}",
                     static_cast<int>(of.year()),
                     static_cast<unsigned>(of.month()),
                     static_cast<unsigned>(of.day()));
}

sys_days month_start(sys_days day, int later = 0) {
  const year_month_day of(day);
  return sys_days((of.year() / of.month() + months(later)) / 1);
}

// Days to be counted, both included, and how they were asked for.
struct Wanted {
  PeriodKind kind;
  DaySpan span;
  ledger::Window asked;
};

ledger::Window window_of(const DaySpan& span) { return {span.first, span.last + days(1)}; }

Wanted billing_month(BillingMonth which, const PeriodFacts& facts) {
  const auto current = ledger::month_of(facts.now, facts.anchor);
  const bool is_current = which == BillingMonth::Current;
  const auto month =
      is_current ? current : ledger::month_of(current.start - milliseconds(1), facts.anchor);
  return {is_current ? PeriodKind::Billing : PeriodKind::PreviousBilling,
          {floor<days>(month.start), floor<days>(month.end) - days(1)},
          month};
}

Wanted wanted_of(const ReportQuery& query, const PeriodFacts& facts) {
  if (query.billing) return billing_month(*query.billing, facts);
  if (query.span) return {PeriodKind::Dates, *query.span, window_of(*query.span)};
  const auto today = floor<days>(facts.now);
  const DaySpan span{today - days(query.days - 1), today};
  return {PeriodKind::Days, span, window_of(span)};
}

// The month that is running is read whole: no record is of later than now.
void set_months(ReportPeriod& period, sys_days first, sys_days last, sys_days today) {
  const auto from = first == month_start(first) ? first : month_start(first, 1);
  const auto to = last == today ? month_start(today, 1) : month_start(last + days(1));
  period.months_from = from < to ? TimePoint(from) : period.to;
  period.months_to = from < to ? TimePoint(to) : period.to;
}

// The first day that is read as such; nothing: all are read as months.
std::optional<TimePoint> first_day_read(const ReportPeriod& period, ReportBy by) {
  if (by == ReportBy::Day || period.from < period.months_from) return period.from;
  if (period.months_to < period.to) return period.months_to;
  return std::nullopt;
}

}  // namespace

std::string_view to_string(PeriodKind kind) noexcept {
  return kPeriodWords[static_cast<std::size_t>(kind)];
}

Result<ReportPeriod> period_of(const ReportQuery& query, const PeriodFacts& facts) {
  assert(query.days >= 1 && query.days <= kMostReportDays);
  const auto today = floor<days>(facts.now);
  const auto kept_from = ceil<days>(facts.now - facts.kept);
  const auto wanted = wanted_of(query, facts);
  if (wanted.span.first > today)
    return fail(ErrorCode::Invalid,
                fmt::format("from lies in the future: {} is after today, {} (UTC)",
                            date(wanted.span.first),
                            date(today)));
  const bool is_of_days = wanted.kind == PeriodKind::Days;
  const auto first = is_of_days ? std::max(wanted.span.first, kept_from) : wanted.span.first;
  const auto last = std::min(wanted.span.last, today);
  ReportPeriod period;
  period.kind = wanted.kind;
  period.asked = wanted.asked;
  period.days = static_cast<int>((wanted.span.last - wanted.span.first).count()) + 1;
  period.from = first;
  period.to = last == today ? facts.now : TimePoint(last + days(1));
  period.is_cut = first > wanted.span.first;
  set_months(period, first, last, today);
  if (const auto read = first_day_read(period, query.by); read && *read < TimePoint(kept_from))
    return fail(ErrorCode::Invalid,
                fmt::format("days are kept since {} (usage.keep_days): the report would need {}; "
                            "older are whole months only, and not by day",
                            date(kept_from),
                            date(floor<days>(*read))));
  return period;
}

TimePoint whole_from(const RecordsBegin& begin) noexcept {
  const auto day = floor<days>(begin.first_day);
  const auto month = month_start(floor<days>(begin.first_month));
  return month_start(day) == month ? day + days(1) : month_start(month, 1);
}

bool is_complete(const ReportPeriod& period, const RecordsBegin& begin) noexcept {
  return !period.is_cut && floor<days>(period.asked.start) >= floor<days>(whole_from(begin));
}

}  // namespace quotecached::usage
