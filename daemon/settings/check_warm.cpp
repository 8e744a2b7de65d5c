#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "settings/draft.hpp"

namespace quotecached::settings {
namespace {

constexpr std::string_view kWindows = "warm.window";
constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

// "08:00".
std::optional<std::chrono::minutes> time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t at : {0U, 1U, 3U, 4U}) {
    if (text[at] < '0' || text[at] > '9') return std::nullopt;
  }
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (minute > 59 || hour * 60 + minute > 24 * 60) return std::nullopt;
  return std::chrono::minutes(hour * 60 + minute);
}

// "mon", as its place in the week.
std::optional<unsigned> weekday(std::string_view text) {
  const auto* const found = std::ranges::find(kDays, text);
  if (found == kDays.end()) return std::nullopt;
  return static_cast<unsigned>(found - kDays.begin());
}

// "mon-fri", "sat-mon" or "tue", as bits.
std::optional<std::uint8_t> some_days(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = weekday(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : weekday(text.substr(dash + 1));
  if (!first || !last) return std::nullopt;
  unsigned days = 0;
  for (unsigned day = *first;; day = (day + 1) % 7) {
    days |= 1U << day;
    if (day == *last) return static_cast<std::uint8_t>(days);
  }
}

// Several of these with commas between.
std::optional<std::uint8_t> weekdays(std::string_view text) {
  unsigned days = 0;
  while (true) {
    const auto comma = text.find(',');
    const auto some = some_days(text.substr(0, comma));
    if (!some) return std::nullopt;
    days |= *some;
    if (comma == std::string_view::npos) return static_cast<std::uint8_t>(days);
    text.remove_prefix(comma + 1);
  }
}

bool is_id(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && text.size() <= 10 && text[0] != '0' &&
         std::ranges::all_of(text, is_digit);
}

bool are_ids(const std::vector<std::string>& assets) { return std::ranges::all_of(assets, is_id); }

// What is wrong with the window; empty: nothing, and what it says is filled in.
std::string read(WarmWindow& window) {
  const auto dash = window.hours.find('-');
  const auto from = time_of_day(std::string_view(window.hours).substr(0, dash));
  const auto to = dash == std::string::npos
                      ? std::nullopt
                      : time_of_day(std::string_view(window.hours).substr(dash + 1));
  if (!from || !to || *from == std::chrono::hours(24) || *to == std::chrono::minutes(0))
    return "hours must be such as \"08:00-10:00\" or \"22:00-02:00\", up to \"24:00\"";
  const auto days = weekdays(window.days);
  if (!days) return "days must be such as \"mon-fri\" or \"sat,sun\"";
  auto zone = TimeZone::load(window.timezone);
  if (!zone) return "timezone: " + zone.error().message;
  if (!are_ids(window.assets)) return "assets must be ids, such as \"1\"";
  if (window.assets.empty() && window.popular == 0) return "has neither assets nor popular";
  window.from = *from;
  window.to = *to;
  window.weekdays = *days;
  window.zone = *std::move(zone);
  return {};
}

bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return is_alphanumeric(c) || c == '_' || c == '-';
  });
}

}  // namespace

void check_warm(Draft& draft) {
  if (draft.are_sound({"warm.pinned"}) && !are_ids(draft.settings.warm.pinned))
    draft.wrong("warm.pinned", "must be ids, such as \"1\"");
  if (!draft.are_sound({kWindows})) return;
  std::set<std::string_view> names;
  for (auto& window : draft.settings.warm.windows) {
    if (!is_name(window.name) || !names.insert(window.name).second)
      return draft.wrong(kWindows, "each window must have a name of its own: letters, digits, - _");
    const auto problem = read(window);
    if (!problem.empty())
      return draft.wrong(kWindows, fmt::format("window {}: {}", window.name, problem));
  }
}

}  // namespace quotecached::settings
