#include "admin/duration.hpp"

#include <charconv>
#include <cstdint>

namespace quotecached::admin {
namespace {

std::int64_t milliseconds_in(std::string_view unit) {
  if (unit == "ms") return 1;
  if (unit == "s") return 1000;
  if (unit == "m") return 60'000;
  if (unit == "h") return 3'600'000;
  if (unit == "d") return 86'400'000;
  return 0;
}

}  // namespace

Result<milliseconds> parse_duration(std::string_view text) {
  constexpr milliseconds kMost = std::chrono::hours(24 * 3653);
  std::int64_t count = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, count);
  const auto unit = milliseconds_in({read.ptr, static_cast<std::size_t>(end - read.ptr)});
  if (read.ec != std::errc() || unit == 0)
    return fail(ErrorCode::Invalid, "a duration is spelled 500ms, 61s, 2m, 1h or 1d");
  if (count < 0 || count > kMost.count() / unit)
    return fail(ErrorCode::Invalid, "the duration is out of range");
  return milliseconds(count * unit);
}

}  // namespace quotecached::admin
