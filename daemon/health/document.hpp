// The document of GET /health, in the shape of the IETF draft "Health Check Response Format for
// HTTP APIs" (draft-inadarei-api-health-check-06): status, version, checks. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
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

// What is told beside the name and the status of each check.
enum class Detail : std::uint8_t {
  None,     // for whom errors and figures are not meant
  Time,     // the same, and when
  Trouble,  // only what does not pass has a text, cut so that all stays below kShort
  All,
};

[[nodiscard]] std::string to_json(const Report& report, Detail detail);

}  // namespace quotecached::health
