#include <utility>

#include "quotecache/health.hpp"
#include "src/documents.hpp"
#include "src/json_fields.hpp"

namespace quotecache {
namespace {

std::optional<HealthStatus> parse_outcome(std::string_view word) noexcept {
  if (word == "pass") return HealthStatus::Healthy;
  if (word == "warn") return HealthStatus::Degraded;
  return word == "fail" ? std::optional(HealthStatus::Unhealthy) : std::nullopt;
}

HealthCheck read_check(const JsonFields& fields) {
  HealthCheck check;
  check.status = fields.word("status", &parse_outcome);
  check.at = fields.time("time");
  if (fields.has("output")) check.detail = fields.text("output");
  if (!fields.has("observedValue")) return check;
  check.observed = fields.integer("observedValue");
  check.unit = fields.text("observedUnit");
  return check;
}

Health read_health_fields(const JsonFields& fields) {
  Health health;
  health.status = fields.word("status", &parse_outcome);
  health.version = fields.text("version");
  const auto checks = fields.object("checks");
  for (const auto& name : checks.names()) {
    for (auto& check : checks.list(name.c_str(), &read_check)) {
      check.name = name;
      health.checks.push_back(std::move(check));
    }
  }
  return health;
}

}  // namespace

Result<Health> read_health(std::string document) {
  auto health = read_json(document, &read_health_fields);
  if (health) health->document = std::move(document);
  return health;
}

}  // namespace quotecache
