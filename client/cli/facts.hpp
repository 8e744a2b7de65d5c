// Facts that the views of the state and of the forecast tell: a label, a sentence beside it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "cli/look.hpp"
#include "quotecache/credits.hpp"

namespace quotecache::cli {

[[nodiscard]] std::string fact(std::string_view label,
                               std::string_view text,
                               Tone tone,
                               const Look& look);

// When this was so, and how bad it is.
[[nodiscard]] std::string heading(const Credits& credits, const Look& look);
[[nodiscard]] std::string mode_fact(const Credits& credits, const Look& look);
[[nodiscard]] std::string freshness_fact(const Credits& credits, const Look& look);

}  // namespace quotecache::cli
