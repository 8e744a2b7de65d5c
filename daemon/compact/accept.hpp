// Which format the Accept header of a request asks for. Pure.
#pragma once

#include <string_view>

#include "compact/ask.hpp"

namespace quotecached::compact {

// JSON where it names none of ours: who cannot read that says so by `format`.
[[nodiscard]] Format format_accepted(std::string_view accept);

}  // namespace quotecached::compact
