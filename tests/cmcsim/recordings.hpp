// Loads a universe from a folder of recorded answers, keeping the recorded text of every asset.
#pragma once

#include <filesystem>

#include "universe.hpp"

namespace cmcsim {

// Reads v2 quotes, v1 listings, map, fiat map, exchange map, info, categories and global metrics by
// their file names; what is not there is generated. Throws std::runtime_error for files that are
// not such answers and for a folder without any coin.
[[nodiscard]] Universe load_recordings(const std::filesystem::path& folder, std::uint64_t seed);

}  // namespace cmcsim
