// How a daemon is: what GET /health tells. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quotecache/export.hpp"
#include "quotecache/time.hpp"

namespace quotecache {

enum class HealthStatus : std::uint8_t {
  Healthy,    // "pass" in the daemon's document
  Degraded,   // "warn": something is not as it should be, requests are served
  Unhealthy,  // "fail": something is needed and does not work; copies may be served all the same
};
// "healthy", "degraded", "unhealthy".
[[nodiscard]] QUOTECACHE_API std::string_view to_string(HealthStatus status) noexcept;
[[nodiscard]] QUOTECACHE_API std::optional<HealthStatus> parse_health_status(
    std::string_view word) noexcept;

struct HealthCheck {
  std::string name;  // "upstream", "redis:responseTime", ...: a part, and what is measured of it
  HealthStatus status = HealthStatus::Healthy;
  std::string detail{};                    // for a person; may be empty
  std::optional<std::int64_t> observed{};  // what was measured
  std::string unit{};                      // of that: "ms", "s", "percent", "bytes"; or empty
  TimePoint at{};                          // when
};

struct Health {
  HealthStatus status = HealthStatus::Healthy;  // of the worst check
  std::string version;                          // of the daemon
  std::vector<HealthCheck> checks;
  std::string document;  // the JSON all this was read from, as it came
};

}  // namespace quotecache
