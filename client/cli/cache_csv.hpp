// How the cache does, and why an asset is answered as it is, for programs. Pure.
#pragma once

#include <string>

#include "quotecache/cache.hpp"

namespace quotecache::cli {

// A line for each figure: its name, as in the document, and its value.
[[nodiscard]] std::string stats_csv(const CacheStats& stats);

// A line for each copy, with what holds of all of them; one without a copy where there is none.
[[nodiscard]] std::string explanation_csv(const Explanation& given);

}  // namespace quotecache::cli
