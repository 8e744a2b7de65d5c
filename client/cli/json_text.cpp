#include "cli/json_text.hpp"

#include <chrono>

#include <fmt/format.h>

namespace quotecache::cli {

std::string in_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      quoted += fmt::format("\\u{:04x}", byte);
      continue;
    }
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string stamp_text(TimePoint time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  std::string text = to_iso8601(time);
  text.pop_back();
  return fmt::format("{}.{:03}Z", text, (time - second).count());
}

std::string time_json(const std::optional<TimePoint>& time) {
  return time ? in_quotes(stamp_text(*time)) : "null";
}

}  // namespace quotecache::cli
