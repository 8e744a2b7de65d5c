// Decides how the daemon is: facts -> checks -> status. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "health/facts.hpp"

namespace quotecached::health {

enum class Status : std::uint8_t { Pass, Warn, Fail };  // from good to bad
[[nodiscard]] std::string_view to_string(Status status) noexcept;

struct Check {
  std::string name;  // "redis:responseTime": a part, and what is measured of it
  Status status = Status::Pass;
  std::string detail{};                    // for a person; no secret, no name of a token
  std::optional<std::int64_t> observed{};  // what was measured
  std::string_view unit{};                 // of that
  std::optional<TimePoint> at{};           // when, unless just now
};

// One or more for each part, in the order of people's interest.
[[nodiscard]] std::vector<Check> checks_of(const Facts& facts);

// Of the engine itself, by the time since it last looked at all others.
[[nodiscard]] Check engine_check(milliseconds since);

// The worst of them.
[[nodiscard]] Status status_of(const std::vector<Check>& checks) noexcept;

// Can requests be answered, from upstream or from copies? An upstream that fails may be tried again
// a while after the last call: else a daemon whom nobody asks, for being told that it is not ready,
// would never find out.
[[nodiscard]] bool can_serve(const Facts& facts) noexcept;

}  // namespace quotecached::health
