#include "cli/figures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace quotecache::cli {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 5> kUnits{"B", "kB", "MB", "GB", "TB"};
constexpr std::array<std::string_view, 8> kEighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

// A comma between each three digits before the point.
std::string with_commas(std::string text) {
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  std::size_t at = std::min(text.find('.'), text.size());
  while (at > first + 3) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

}  // namespace

std::string grouped(std::int64_t value) { return with_commas(fmt::to_string(value)); }

std::string grouped(double value, int decimals) {
  return with_commas(fmt::format("{:.{}f}", value, decimals));
}

std::string credits_text(double value) {
  const bool is_whole = std::abs(value - std::round(value)) < 0.005;
  return is_whole ? grouped(std::round(value) + 0.0, 0) : grouped(value, 2);
}

std::string money_text(double value) {
  const auto millionths = std::llround(std::abs(value) * 1e6);
  const bool is_small = millionths > 0 && millionths < 1'000'000;
  const std::int64_t part = is_small ? 100 : 10'000;  // of the last decimal shown, millionths
  const std::int64_t parts = (millionths + part / 2) / part;
  const std::int64_t whole = 1'000'000 / part;
  const std::string_view sign = value < 0 && parts > 0 ? "-" : "";
  return fmt::format("{}{}.{:0{}}", sign, grouped(parts / whole), parts % whole, is_small ? 4 : 2);
}

std::string money_text(double value, std::string_view currency) {
  const std::string text = money_text(value);
  return currency.empty() ? text : fmt::format("{} {}", text, currency);
}

std::string percent_text(double share) {
  const double percent = share < 1 ? std::min(share * 100, 99.9) : share * 100;
  return fmt::format("{:.1f} %", percent);
}

std::string bytes_text(std::int64_t bytes) {
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  const int decimals = unit > 0 && value < 99.95 ? 1 : 0;
  return fmt::format("{} {}", grouped(value, decimals), kUnits[unit]);
}

std::string second_text(TimePoint time) {
  std::string text = to_iso8601(time);
  text.pop_back();
  text[text.find('T')] = ' ';
  return text;
}

std::string minute_text(TimePoint time) {
  std::string text = second_text(time);
  text.resize(text.size() - 3);
  return text;
}

std::string date_text(TimePoint time) {
  const std::string text = to_iso8601(time);
  return text.substr(0, text.find('T'));
}

std::string duration_text(milliseconds duration) {
  const auto seconds = std::max<std::int64_t>(0, duration.count() / 1000);
  if (seconds < 60) return fmt::format("{} s", seconds);
  const auto minutes = seconds / 60;
  if (minutes < 60) return fmt::format("{} min", minutes);
  const auto hours = minutes / 60;
  if (hours < 24) return fmt::format("{} h {} min", hours, minutes % 60);
  return fmt::format("{} d {} h", hours / 24, hours % 24);
}

std::string bar(double share, std::size_t columns, const Look& look) {
  const std::size_t steps = look.is_utf8 ? 8 : 1;
  const std::size_t whole = columns * steps;
  const double exact = std::clamp(share, 0.0, 1.0) * static_cast<double>(whole);
  auto filled = static_cast<std::size_t>(std::lround(exact));
  if (share > 0) filled = std::max<std::size_t>(filled, 1);
  if (share < 1 && columns > 0) filled = std::min(filled, whole - 1);
  std::string text;
  for (std::size_t i = 0; i < filled / steps; ++i) text += look.is_utf8 ? "█" : "#";
  if (look.is_utf8) text += kEighths[filled % steps];
  const std::size_t used = (filled + steps - 1) / steps;
  for (std::size_t i = used; i < columns; ++i) text += look.is_utf8 ? "░" : ".";
  return text;
}

}  // namespace quotecache::cli
