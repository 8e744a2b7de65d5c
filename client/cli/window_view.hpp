// Cells and tones that views share. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "cli/look.hpp"
#include "cli/table.hpp"
#include "quotecache/credits.hpp"

namespace quotecache::cli {

// Of a cap, what is spent and held; nothing without a cap.
[[nodiscard]] std::optional<double> used_share(std::int64_t spent,
                                               std::int64_t held,
                                               const std::optional<std::int64_t>& cap);
[[nodiscard]] Tone tone_of(const std::optional<double>& share);
[[nodiscard]] Tone tone_of(Level level);

[[nodiscard]] Cell bar_cell(const std::optional<double>& share, const Look& look);
[[nodiscard]] Cell percent_cell(const std::optional<double>& share);
// A dash for what is not limited or not known.
[[nodiscard]] Cell count_cell(const std::optional<std::int64_t>& value);

}  // namespace quotecache::cli
