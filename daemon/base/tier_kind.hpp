// The tiers there are: the one list of their names, read by settings, metrics, the record of usage
// and the composition root.
//
// To add a tier: an enumerator and a row here, its source in cache/, its settings, and its line in
// app/build.cpp.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace quotecached {

enum class TierKind : std::uint8_t { Memory, Redis, Memcached, Sqlite };

struct TierRow {
  std::string_view name;          // in settings, metrics, usage and Cache-Status
  std::chrono::milliseconds cap;  // how long a copy is held, unless settings say; 0: no cap
};

// By TierKind.
inline constexpr std::array<TierRow, 4> kTiers{{
    {"memory", std::chrono::milliseconds(0)},
    {"redis", std::chrono::minutes(5)},
    {"memcached", std::chrono::minutes(10)},
    {"sqlite", std::chrono::hours(1)},  // for fresh use; stale copies stay
}};

[[nodiscard]] constexpr std::size_t index_of(TierKind kind) noexcept {
  return static_cast<std::size_t>(kind);
}
[[nodiscard]] constexpr std::string_view to_string(TierKind kind) noexcept {
  return kTiers[index_of(kind)].name;
}
[[nodiscard]] constexpr std::chrono::milliseconds default_cap(TierKind kind) noexcept {
  return kTiers[index_of(kind)].cap;
}

[[nodiscard]] constexpr std::optional<TierKind> tier_kind(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kTiers.size(); ++i) {
    if (kTiers[i].name == name) return static_cast<TierKind>(i);
  }
  return std::nullopt;
}

}  // namespace quotecached
