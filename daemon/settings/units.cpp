#include <array>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "settings/value.hpp"

namespace quotecached::settings {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array kDurations = {
    Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000}, Unit{"d", 86'400'000}};
constexpr std::array kSizes = {Unit{"B", 1},
                               Unit{"KiB", 1ULL << 10},
                               Unit{"MiB", 1ULL << 20},
                               Unit{"GiB", 1ULL << 30},
                               Unit{"TiB", 1ULL << 40}};

// "<whole number><unit>" in the smallest unit, or nothing.
template <std::size_t N>
std::optional<std::uint64_t> parse_quantity(std::string_view text,
                                            const std::array<Unit, N>& units) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view name(rest, static_cast<std::size_t>(end - rest));
  for (const Unit& unit : units) {
    if (name != unit.name) continue;
    const auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (number > most / unit.factor) return std::nullopt;
    return number * unit.factor;
  }
  return std::nullopt;
}

}  // namespace

Result<milliseconds> parse_duration(std::string_view text) {
  const auto quantity = parse_quantity(text, kDurations);
  if (!quantity)
    return fail(ErrorCode::Invalid,
                R"(must be a duration with its unit, such as "500ms", "15s", "5m" or "24h")");
  return milliseconds(static_cast<milliseconds::rep>(*quantity));
}

Result<Bytes> parse_size(std::string_view text) {
  const auto quantity = parse_quantity(text, kSizes);
  if (!quantity)
    return fail(ErrorCode::Invalid,
                R"(must be a size with its unit, such as "512KiB", "64MiB" or "1GiB")");
  return Bytes{*quantity};
}

}  // namespace quotecached::settings
