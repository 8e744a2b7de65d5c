// How the cache does, and why an asset is answered as it is, for people. Pure.
#pragma once

#include <string>

#include "cli/look.hpp"
#include "quotecache/cache.hpp"

namespace quotecache::cli {

[[nodiscard]] std::string stats_text(const CacheStats& stats, const Look& look);
[[nodiscard]] std::string explanation_text(const Explanation& given, const Look& look);

}  // namespace quotecache::cli
