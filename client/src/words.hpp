// Words that only the daemon's JSON needs read. The others are in the public headers.
#pragma once

#include <optional>
#include <string_view>

#include "quotecache/credits.hpp"

namespace quotecache {

[[nodiscard]] std::optional<Level> parse_level(std::string_view word) noexcept;

}  // namespace quotecache
