#include "quote/data_time.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstring>
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

// Where `wanted` stands in the text from `from` on. Quotes are everywhere in JSON, so a search that
// stops at each first character would be ten times slower.
std::size_t find_in(std::string_view text, std::string_view wanted, std::size_t from) {
  const void* const at =
      ::memmem(text.data() + from, text.size() - from, wanted.data(), wanted.size());
  return at == nullptr ? std::string_view::npos
                       : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}

}  // namespace

std::optional<TimePoint> youngest_time(std::string_view text,
                                       std::string_view field,
                                       TimePoint latest) {
  std::optional<TimePoint> youngest;
  const std::string label = '"' + std::string(field) + "\":\"";
  for (auto at = find_in(text, label, 0); at != std::string_view::npos;
       at = find_in(text, label, at)) {
    at += label.size();
    const auto time = whole_second(text.substr(at, kLength));
    if (time && *time <= latest) youngest = std::max(youngest, time);
  }
  return youngest;
}

}  // namespace quotecached::quote
