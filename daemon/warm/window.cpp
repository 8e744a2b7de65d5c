#include "warm/window.hpp"

namespace quotecached::warm {
namespace {

bool begins_on(const Window& window, std::chrono::local_days day) {
  const auto weekday = std::chrono::weekday(day).iso_encoding();  // 1: Monday
  return (window.days >> (weekday - 1) & 1) != 0;
}

}  // namespace

std::optional<std::chrono::local_days> open_since(const Window& window, TimePoint now) {
  const std::chrono::local_time<milliseconds> wall(now.time_since_epoch() +
                                                   window.zone.offset_at(now));
  const auto today = std::chrono::floor<std::chrono::days>(wall);
  const auto time = wall - today;
  const bool is_over_midnight = window.to <= window.from;
  if (time >= window.from && (is_over_midnight || time < window.to))
    return begins_on(window, today) ? std::optional(today) : std::nullopt;
  const auto yesterday = today - std::chrono::days(1);
  if (is_over_midnight && time < window.to && begins_on(window, yesterday)) return yesterday;
  return std::nullopt;
}

}  // namespace quotecached::warm
