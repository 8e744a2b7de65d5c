#include "usage/rollup_period.hpp"

#include <algorithm>
#include <chrono>

namespace quotecached::usage {
namespace {

constexpr std::chrono::seconds kMostBack{30};

TimePoint start_of_month(TimePoint time) noexcept {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time));
  return std::chrono::sys_days(date.year() / date.month() / 1);
}

}  // namespace

TimePoint start_of(Period period, TimePoint time) noexcept {
  switch (period) {
    case Period::Minute: return std::chrono::floor<std::chrono::minutes>(time);
    case Period::Hour: return std::chrono::floor<std::chrono::hours>(time);
    case Period::Day: return std::chrono::floor<std::chrono::days>(time);
    case Period::Month: break;
  }
  return start_of_month(time);
}

TimePoint minute_between(TimePoint last, TimePoint now) noexcept {
  const auto back = std::clamp<milliseconds>((now - last) / 2, milliseconds(0), kMostBack);
  return start_of(Period::Minute, now - back);
}

}  // namespace quotecached::usage
