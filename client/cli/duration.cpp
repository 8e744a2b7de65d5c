#include "cli/duration.hpp"

#include <charconv>
#include <cstdint>

namespace quotecache::cli {

std::optional<std::chrono::seconds> parse_duration(std::string_view text) noexcept {
  if (text.size() < 2) return std::nullopt;
  std::int64_t unit = 0;
  switch (text.back()) {
    case 's': unit = 1; break;
    case 'm': unit = 60; break;
    case 'h': unit = 3600; break;
    case 'd': unit = 86400; break;
    default: return std::nullopt;
  }
  std::int64_t count = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size() - 1;
  const auto [stop, error] = std::from_chars(begin, end, count);
  const std::int64_t most = std::int64_t{31} * 86400 / unit;
  if (error != std::errc() || stop != end || count < 1 || count > most) return std::nullopt;
  return std::chrono::seconds(count * unit);
}

}  // namespace quotecache::cli
