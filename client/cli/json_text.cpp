#include "cli/json_text.hpp"

#include <chrono>

#include <fmt/format.h>

#include "cli/text.hpp"

namespace quotecache::cli {

std::string in_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '\n' || c == '\r' || c == '\t') {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  // Which leaves line ends and tabs, of which there are none any more.
  return escaped_lines(quoted + '"', {.is_utf8 = true});
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
