// Counts of client requests as they are rolled up by minute, hour, day and month: one set of counts
// per endpoint and client. Plain values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/tier_kind.hpp"

namespace quotecached::usage {

// Upper bounds of the latency counts, in milliseconds; the last count is of what took longer.
inline constexpr std::array kUsageLatencyBounds{
    0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 50.0, 100.0, 500.0, 2500.0};
inline constexpr std::size_t kUsageLatencies = kUsageLatencyBounds.size() + 1;

struct UsageCounts {
  std::int64_t requests = 0;
  // By TierKind, the lowest that was needed: all fresh, nothing fetched.
  std::array<std::int64_t, kTiers.size()> hits{};
  std::int64_t stale = 0;
  std::int64_t misses = 0;   // all of it fetched
  std::int64_t partial = 0;  // some of it fetched
  std::int64_t forwarded = 0;
  std::int64_t refused = 0;
  std::int64_t failed = 0;
  std::int64_t credits = 0;  // that these requests cost
  std::int64_t worth = 0;    // that they would have cost without a cache
  std::int64_t bytes = 0;
  std::int64_t latency_us = 0;  // the sum
  std::array<std::int64_t, kUsageLatencies> latencies{};

  [[nodiscard]] std::int64_t all_hits() const noexcept;

  UsageCounts& operator+=(const UsageCounts& other) noexcept;
  UsageCounts& operator-=(const UsageCounts& other) noexcept;
  friend bool operator==(const UsageCounts&, const UsageCounts&) = default;
};

// Which count stands in which column. Beside these: hits, of all tiers, and latency_0 ..
// latency_11.
struct UsageColumn {
  std::string_view name;
  std::int64_t UsageCounts::* count;
};
inline constexpr std::array<UsageColumn, 11> kUsageColumns{{
    {"requests", &UsageCounts::requests},
    {"stale", &UsageCounts::stale},
    {"misses", &UsageCounts::misses},
    {"partial", &UsageCounts::partial},
    {"forwarded", &UsageCounts::forwarded},
    {"refused", &UsageCounts::refused},
    {"failed", &UsageCounts::failed},
    {"credits", &UsageCounts::credits},
    {"worth", &UsageCounts::worth},
    {"bytes", &UsageCounts::bytes},
    {"latency_us", &UsageCounts::latency_us},
}};

struct UsageRow {
  std::string endpoint;  // catalogue name, "forward", or what else the counts are kept under
  std::string client;    // the token's name; empty: nobody's
  UsageCounts counts;

  friend bool operator==(const UsageRow&, const UsageRow&) = default;
};

// How old what clients of an endpoint were served was: one ask for each asset in each answer.
struct AgeCounts {
  std::int64_t asks = 0;
  std::int64_t age_ms = 0;  // the sum

  AgeCounts& operator+=(const AgeCounts& other) noexcept;
  AgeCounts& operator-=(const AgeCounts& other) noexcept;
  friend bool operator==(const AgeCounts&, const AgeCounts&) = default;
};

struct AgeRow {
  std::string endpoint;  // catalogue name
  AgeCounts counts;
};

// How often an asset was asked for, estimated from a sample of requests.
struct AssetSample {
  std::string kind;  // "id", "symbol", "slug"
  std::string asset;
  std::int64_t requests = 0;
};

}  // namespace quotecached::usage
