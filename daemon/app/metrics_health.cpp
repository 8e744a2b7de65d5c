// Metrics of how the daemon is.
#include <chrono>
#include <string>

#include "app/parts.hpp"
#include "health/published_report.hpp"
#include "metrics/registry.hpp"

namespace quotecached::app {

void write_health(const Parts& parts, metrics::Page& page) {
  const auto document = parts.health.document(std::chrono::steady_clock::now());
  for (const auto& check : document->checks) {
    page.gauge("quotecached_health_status",
               "How a check of GET /health is: 0 pass, 1 warn, 2 fail",
               static_cast<double>(check.status),
               {{"check", check.name}});
  }
}

}  // namespace quotecached::app
