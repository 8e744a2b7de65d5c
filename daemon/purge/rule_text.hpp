// Patterns of purges as text, for the database and for Redis. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cache/purge_pattern.hpp"

namespace quotecached::purge {

// A pair for each word: "endpoint=v2.quotes&id=1&id=1027". Equal patterns have equal texts.
// Requires: the pattern is normalised.
[[nodiscard]] std::string to_text(const cache::PurgePattern& pattern);

// Normalised. Nothing when it is no such text: of a later version, perhaps.
[[nodiscard]] std::optional<cache::PurgePattern> parse_pattern(std::string_view text);

}  // namespace quotecached::purge
