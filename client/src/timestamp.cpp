#include "src/timestamp.hpp"

#include <array>
#include <cstdio>

namespace quotecache {
namespace {

constexpr std::size_t kSeconds = 19;  // characters of "2026-11-21T10:00:00"

using std::chrono::days;
using std::chrono::milliseconds;

// A number of a few digits and nothing else, or -1.
int number(std::string_view text) noexcept {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

// "10:00:00"; nothing for what no clock shows.
std::optional<milliseconds> parse_time_of_day(std::string_view text) noexcept {
  if (text[2] != ':' || text[5] != ':') return std::nullopt;
  const int hour = number(text.substr(0, 2));
  const int minute = number(text.substr(3, 2));
  const int second = number(text.substr(6, 2));
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
    return std::nullopt;
  return std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

std::optional<std::chrono::sys_days> parse_date(std::string_view text) noexcept {
  if (text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = number(text.substr(0, 4));
  const int month = number(text.substr(5, 2));
  const int day = number(text.substr(8, 2));
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

// ".25": of a second. Empty is none; digits beyond the third do not count.
std::optional<milliseconds> parse_fraction(std::string_view text) noexcept {
  if (text.empty()) return milliseconds(0);
  if (text.front() != '.' || text.size() < 2) return std::nullopt;
  int value = 0;
  int scale = 100;
  for (const char digit : text.substr(1)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value += (digit - '0') * scale;
    scale /= 10;
  }
  return milliseconds(value);
}

}  // namespace

std::optional<TimePoint> parse_timestamp(std::string_view text) noexcept {
  if (text.size() <= kSeconds || text[10] != 'T' || text.back() != 'Z') return std::nullopt;
  const auto date = parse_date(text);
  const auto time = parse_time_of_day(text.substr(11, 8));
  const auto fraction = parse_fraction(text.substr(kSeconds, text.size() - kSeconds - 1));
  if (!date || !time || !fraction) return std::nullopt;
  return TimePoint(*date) + *time + *fraction;
}

std::string to_iso8601(TimePoint time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::array<char, 40> text{};
  const int length = std::snprintf(text.data(),
                                   text.size(),
                                   "%04d-%02u-%02uT%02d:%02d:%02dZ",
                                   static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()),
                                   static_cast<unsigned>(date.day()),
                                   static_cast<int>(clock.hours().count()),
                                   static_cast<int>(clock.minutes().count()),
                                   static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace quotecache
