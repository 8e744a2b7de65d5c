#include "routing/health.hpp"

#include <fmt/format.h>

#include "app/parts.hpp"
#include "cache/chain.hpp"
#include "credit/governor.hpp"
#include "refill/refill.hpp"
#include "store/writer.hpp"

namespace quotecached::app {
namespace {

routing::HealthPart upstream_part(const calling::UpstreamHealth& health) {
  routing::HealthPart part;
  part.name = "upstream";
  part.is_ok = health.breaker == Breaker::State::Closed && health.last_error.empty();
  part.detail = part.is_ok
                    ? fmt::format("answers in {} ms on average", health.average_latency.count())
                    : health.last_error;
  return part;
}

// Not well when paid calls stop, or nearly: the cache goes on serving.
routing::HealthPart credits_part(const Parts& parts) {
  routing::HealthPart part;
  part.name = "credits";
  const auto view = parts.governor->view();
  if (!view) return part;
  part.is_ok = view->book.ledger_error.empty() && view->level != alert::AlertLevel::Critical;
  part.detail = view->book.ledger_error;
  if (!part.detail.empty()) return part;
  part.detail = fmt::format("spend mode {}", to_string(view->policy.mode));
  if (!view->mode_reason.empty()) part.detail += ": " + view->mode_reason;
  return part;
}

routing::HealthPart database_part(const Parts& parts) {
  routing::HealthPart part;
  part.name = "database";
  if (!parts.writer) {
    part.is_ok = false;
    part.detail = parts.database_error;
    return part;
  }
  const auto health = parts.writer->health();
  part.is_ok = health.works;
  part.detail = health.last_error;
  if (health.works && health.renewals > 0) part.detail = "made anew: " + health.renewed_for;
  return part;
}

}  // namespace

routing::Health health_of(const Parts& parts) {
  routing::Health health;
  health.parts.push_back(upstream_part(parts.refill->upstream_health()));
  health.parts.push_back(database_part(parts));
  health.parts.push_back(credits_part(parts));
  for (const auto& tier : parts.chain->report()) {
    routing::HealthPart part;
    part.name = tier.name;
    part.is_ok = tier.state == Breaker::State::Closed;
    part.detail = part.is_ok ? std::string() : tier.last_error;
    health.parts.push_back(std::move(part));
  }
  return health;
}

}  // namespace quotecached::app
