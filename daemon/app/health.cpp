#include <fmt/format.h>

#include "app/parts.hpp"

namespace quotecached::app {
namespace {

http::HealthPart upstream_part(const refill::UpstreamHealth& health) {
  http::HealthPart part;
  part.name = "upstream";
  part.is_ok = health.breaker == Breaker::State::Closed && health.last_error.empty();
  part.detail = part.is_ok
                    ? fmt::format("answers in {} ms on average", health.average_latency.count())
                    : health.last_error;
  return part;
}

http::HealthPart database_part(const Parts& parts) {
  http::HealthPart part;
  part.name = "database";
  if (!parts.writer) {
    part.is_ok = false;
    part.detail = parts.database_error;
    return part;
  }
  const auto health = parts.writer->health();
  part.is_ok = health.works;
  part.detail = health.last_error;
  return part;
}

}  // namespace

http::Health health_of(const Parts& parts) {
  http::Health health;
  health.parts.push_back(upstream_part(parts.refill->upstream_health()));
  health.parts.push_back(database_part(parts));
  for (const auto& tier : parts.chain->report()) {
    http::HealthPart part;
    part.name = tier.name;
    part.is_ok = tier.state == Breaker::State::Closed;
    part.detail = part.is_ok ? std::string() : tier.last_error;
    health.parts.push_back(std::move(part));
  }
  return health;
}

}  // namespace quotecached::app
