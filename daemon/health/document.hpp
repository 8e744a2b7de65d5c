// The document of GET /health, in the shape of the IETF draft "Health Check Response Format for
// HTTP APIs" (draft-inadarei-api-health-check-06): status, version, checks. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "health/checks.hpp"

namespace quotecached::health {

// What a short document is at most.
inline constexpr std::size_t kShort = 1024;

struct Report {
  std::string_view version;  // of the daemon; a literal
  TimePoint at;              // when the parts were looked at
  std::vector<Check> checks;
};

// All there is to tell, or a short one: then only what does not pass has a detail, cut so that all
// stays below kShort.
[[nodiscard]] std::string to_json(const Report& report, bool is_verbose);

}  // namespace quotecached::health
