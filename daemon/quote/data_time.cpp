#include "quote/data_time.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>

namespace quotecached::quote {
namespace {

constexpr std::string_view kForm = "0000-00-00T00:00:00.000Z";

// Digits where the form has them, and what it has elsewhere.
bool has_form(std::string_view text) {
  return text.size() == kForm.size() &&
         std::equal(text.begin(), text.end(), kForm.begin(), [](char is, char should) {
           return should == '0' ? is >= '0' && is <= '9' : is == should;
         });
}

int number(std::string_view text, std::size_t at, std::size_t digits) {
  int value = 0;
  std::from_chars(text.data() + at, text.data() + at + digits, value);
  return value;
}

std::optional<TimePoint> time_of(std::string_view text) {
  namespace chrono = std::chrono;
  if (!has_form(text)) return std::nullopt;
  const chrono::year_month_day date{chrono::year(number(text, 0, 4)),
                                    chrono::month(static_cast<unsigned>(number(text, 5, 2))),
                                    chrono::day(static_cast<unsigned>(number(text, 8, 2)))};
  if (!date.ok() || number(text, 20, 3) != 0) return std::nullopt;
  return chrono::sys_days(date) + chrono::hours(number(text, 11, 2)) +
         chrono::minutes(number(text, 14, 2)) + chrono::seconds(number(text, 17, 2));
}

}  // namespace

std::optional<TimePoint> youngest_time(std::string_view text, std::string_view field) {
  std::optional<TimePoint> youngest;
  const std::string label = '"' + std::string(field) + "\":\"";
  for (auto at = text.find(label); at != std::string_view::npos; at = text.find(label, at)) {
    at += label.size();
    const auto time = time_of(text.substr(at, kForm.size()));
    if (time && (!youngest || *time > *youngest)) youngest = time;
  }
  return youngest;
}

}  // namespace quotecached::quote
