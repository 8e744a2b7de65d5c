// A spend mode that was ordered, for programs. Pure.
#pragma once

#include <string>

#include "quotecache/credits.hpp"

namespace quotecache::cli {

[[nodiscard]] std::string order_json(const ModeState& ordered);
[[nodiscard]] std::string order_csv(const ModeState& ordered);

}  // namespace quotecache::cli
