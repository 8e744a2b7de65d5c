#include "credit/windows.hpp"

namespace quotecached::credit {

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

Window day_of(TimePoint time) noexcept {
  const auto start = floor<days>(time);
  return {start, start + days(1)};
}

Window month_of(TimePoint time) noexcept {
  const year_month_day date(floor<days>(time));
  const year_month_day first = date.year() / date.month() / 1;
  return {sys_days(first), sys_days(first + months(1))};
}

std::optional<Closure> closure_of(std::int64_t error_code) noexcept {
  switch (error_code) {
    case 1001:
    case 1002:
    case 1003:
    case 1004:
    case 1005:
    case 1007: return Closure::Key;
    case 1008: return Closure::Minute;
    case 1009: return Closure::Day;
    case 1010: return Closure::Month;
    default: return std::nullopt;
  }
}

namespace {

Window allow_for_skew(Window window, TimePoint now) noexcept {
  if (now < window.start + kClockSkew) window.end = window.start + kClockSkew;
  return window;
}

}  // namespace

Window closed_window(Closure closure, TimePoint now) noexcept {
  switch (closure) {
    case Closure::Minute: return minute_of(now);
    case Closure::Day: return allow_for_skew(day_of(now), now);
    case Closure::Month: return allow_for_skew(month_of(now), now);
    case Closure::Key: break;
  }
  return {now, now + kKeyRest};
}

}  // namespace quotecached::credit
