// Whether a daemon is well: what GET /health/ready tells. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quotecache/export.hpp"

namespace quotecache {

enum class HealthStatus : std::uint8_t {
  Ready,     // all parts work
  Degraded,  // a part does not; requests are served
  Unready,   // requests are not served
};
// "ready", "degraded", "unready".
[[nodiscard]] QUOTECACHE_API std::string_view to_string(HealthStatus status) noexcept;
[[nodiscard]] QUOTECACHE_API std::optional<HealthStatus> parse_health_status(
    std::string_view word) noexcept;

struct HealthPart {
  std::string name;  // "listener", "upstream", "sqlite", ...
  bool is_ok = true;
  std::string detail;  // for a person
};

struct Health {
  HealthStatus status = HealthStatus::Ready;
  std::vector<HealthPart> parts;
  std::string document;  // the JSON all this was read from, as it came
};

}  // namespace quotecache
