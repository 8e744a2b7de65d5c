// What is asked for with GET /health. Pure and strict.
#pragma once

#include <string_view>

#include "base/result.hpp"

namespace quotecached::health {

// Is all wanted that there is to tell? `query` is what follows the '?': nothing, or `verbose` with
// `true` or `false`, or alone. Fails with Invalid.
[[nodiscard]] Result<bool> parse_verbose(std::string_view query);

}  // namespace quotecached::health
