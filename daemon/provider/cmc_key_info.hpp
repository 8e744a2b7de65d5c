// Reads what /v1/key/info tells of the key. Pure. The plan's name is not told.
#pragma once

#include <string>

#include "base/result.hpp"
#include "provider/key_info.hpp"

namespace quotecached::provider::cmc {

// `body` may grow in capacity (the parser reads a few bytes past the end), never in size. Fails
// with Invalid when it is no whole JSON object with `data` inside.
Result<KeyInfo> read_key_info(std::string& body);

}  // namespace quotecached::provider::cmc
