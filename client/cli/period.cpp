#include "cli/period.hpp"

#include <chrono>
#include <optional>
#include <string_view>

#include <fmt/format.h>

namespace quotecache::cli {
namespace {

constexpr int kFirstYear = 1970;  // time is counted from there

// A number of so many digits at the start of `text`, which is then shortened by it.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool take_dash(std::string_view& text) {
  if (!text.starts_with('-')) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::year_month> take_month(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || *year < kFirstYear || !take_dash(text)) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month) return std::nullopt;
  const auto taken = std::chrono::year(*year) / std::chrono::month(static_cast<unsigned>(*month));
  return taken.ok() ? std::optional(taken) : std::nullopt;
}

std::optional<std::chrono::year_month> parse_month(std::string_view text) {
  const auto month = take_month(text);
  return text.empty() ? month : std::nullopt;
}

bool is_day(std::string_view text) {
  const auto month = take_month(text);
  if (!month || !take_dash(text)) return false;
  const auto day = take_digits(text, 2);
  return day && text.empty() && (*month / std::chrono::day(static_cast<unsigned>(*day))).ok();
}

}  // namespace

std::string wrong_day(const std::string& text) {
  if (is_day(text)) return {};
  return fmt::format("'{}' is no day of the calendar such as 2026-10-05", text);
}

std::string wrong_month(const std::string& text) {
  if (parse_month(text)) return {};
  return fmt::format("'{}' is no month of the calendar such as 2026-10", text);
}

std::string take_period(const PeriodWords& words, ReportQuery& query) {
  if (const auto month = parse_month(words.month)) {
    const auto last = std::chrono::year_month_day_last(*month / std::chrono::last).day();
    query.from = words.month + "-01";
    query.to = fmt::format("{}-{}", words.month, static_cast<unsigned>(last));
  }
  if (!words.from.empty()) {
    // Days that are written alike are in the order of their texts.
    if (words.from > words.to)
      return fmt::format("--from {} is after --to {}", words.from, words.to);
    query.from = words.from;
    query.to = words.to;
  }
  if (!words.billing.empty())
    query.billing = words.billing == "previous" ? BillingMonth::Previous : BillingMonth::Current;
  return {};
}

}  // namespace quotecache::cli
