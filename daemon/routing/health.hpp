// What /health/ready says of the daemon's parts.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace quotecached::routing {

struct HealthPart {
  std::string name;    // "upstream", "redis", "credits"
  bool is_ok = true;   // a part that is not ok degrades the service, it need not end it
  std::string detail;  // for a person
};

struct Health {
  bool is_ready = true;  // may clients be sent here
  std::vector<HealthPart> parts;
};

// Called on I/O threads: must not block.
using HealthSource = std::function<Health()>;

// {"status":"ready","parts":[{"name":"redis","ok":true,"detail":""}]}; status is "ready",
// "degraded" when a part is not ok, or "unready".
[[nodiscard]] std::string to_json(const Health& health);

}  // namespace quotecached::routing
