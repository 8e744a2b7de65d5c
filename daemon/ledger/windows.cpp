#include "ledger/windows.hpp"

#include <algorithm>

namespace quotecached::ledger {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::minutes;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month_day;

Window minute_of(TimePoint time) noexcept {
  const auto start = floor<minutes>(time);
  return {start, start + minutes(1)};
}

Window day_of(TimePoint time, const Anchor& anchor) noexcept {
  const auto start = floor<days>(time - anchor.time) + anchor.time;
  return {start, start + days(1)};
}

namespace {

// When the month that begins in this calendar month does.
TimePoint start_in(std::chrono::year_month month, const Anchor& anchor) noexcept {
  const year_month_day last(month / std::chrono::last);
  const auto day = std::min(std::chrono::day(anchor.day), last.day());
  return sys_days(month / day) + anchor.time;
}

}  // namespace

Window month_of(TimePoint time, const Anchor& anchor) noexcept {
  const year_month_day date(floor<days>(time));
  auto month = date.year() / date.month();
  if (time < start_in(month, anchor)) month -= months(1);
  return {start_in(month, anchor), start_in(month + months(1), anchor)};
}

Window window_of(WindowKind kind, TimePoint time, const Anchor& anchor) noexcept {
  switch (kind) {
    case WindowKind::Minute: return minute_of(time);
    case WindowKind::Day: return day_of(time, anchor);
    case WindowKind::Month: break;
  }
  return month_of(time, anchor);
}

std::string_view to_string(WindowKind kind) noexcept {
  switch (kind) {
    case WindowKind::Minute: return "minute";
    case WindowKind::Day: return "day";
    case WindowKind::Month: break;
  }
  return "month";
}

}  // namespace quotecached::ledger
