// Orders of a spend mode by hand, as JSON. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "pacing/spend_mode.hpp"

namespace quotecached::admin {

struct SpendModeOrder {
  std::optional<pacing::SpendMode> mode;  // nullopt: automatic again
  milliseconds life{0};                   // of a mode set by hand
};

// {"mode":"cache_only","for":"2h"} or {"mode":"auto"}; without "for" it is for one hour. Fails with
// Invalid, naming the member and what it takes.
[[nodiscard]] Result<SpendModeOrder> parse_spend_mode_order(std::string_view body);

// The "mode" object of what was ordered at `now`.
[[nodiscard]] std::string to_json(const SpendModeOrder& order, TimePoint now);

}  // namespace quotecached::admin
