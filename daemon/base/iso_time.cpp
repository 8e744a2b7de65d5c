#include "base/iso_time.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace quotecached {
namespace {

// Takes exactly `digits` digits off the front of `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) noexcept {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

// A number of `digits` digits after `mark`; no mark where that is 0.
std::optional<int> take_part(std::string_view& text, char mark, std::size_t digits) noexcept {
  if (mark != 0) {
    if (!text.starts_with(mark)) return std::nullopt;
    text.remove_prefix(1);
  }
  return take_digits(text, digits);
}

std::optional<std::chrono::sys_days> take_day(std::string_view& text) noexcept {
  const auto year = take_part(text, 0, 4);
  const auto month = take_part(text, '-', 2);
  const auto day = take_part(text, '-', 2);
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

}  // namespace

std::optional<TimePoint> parse_iso_time(std::string_view text) noexcept {
  const auto day = take_day(text);
  const auto hour = day ? take_part(text, 'T', 2) : std::nullopt;
  const auto minute = hour ? take_part(text, ':', 2) : std::nullopt;
  const auto second = minute ? take_part(text, ':', 2) : std::nullopt;
  if (!second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  milliseconds rest{0};
  if (text.starts_with('.')) {
    const auto thousandths = take_part(text, '.', 3);
    if (!thousandths) return std::nullopt;
    rest = milliseconds(*thousandths);
  }
  if (text != "Z") return std::nullopt;
  return *day + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second) + rest;
}

std::optional<std::chrono::sys_days> parse_iso_day(std::string_view text) noexcept {
  const auto day = take_day(text);
  return text.empty() ? day : std::nullopt;
}

std::string iso_time(TimePoint time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = (time - whole).count();
  return rest == 0 ? fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", whole)
                   : fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", whole, rest);
}

}  // namespace quotecached
