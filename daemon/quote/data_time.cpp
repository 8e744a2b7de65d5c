#include "quote/data_time.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>

#include "base/iso_time.hpp"

namespace quotecached::quote {
namespace {

constexpr std::size_t kLength = std::string_view("2026-11-01T12:34:00.000Z").size();

std::optional<TimePoint> whole_second(std::string_view text) {
  if (text.size() != kLength) return std::nullopt;
  const auto time = parse_iso_time(text);
  const bool is_whole = time && *time == std::chrono::floor<std::chrono::seconds>(*time);
  return is_whole ? time : std::nullopt;
}

}  // namespace

std::optional<TimePoint> youngest_time(std::string_view text,
                                       std::string_view field,
                                       TimePoint latest) {
  std::optional<TimePoint> youngest;
  const std::string label = '"' + std::string(field) + "\":\"";
  for (auto at = text.find(label); at != std::string_view::npos; at = text.find(label, at)) {
    at += label.size();
    const auto time = whole_second(text.substr(at, kLength));
    if (time && *time <= latest) youngest = std::max(youngest, time);
  }
  return youngest;
}

}  // namespace quotecached::quote
