// Reads what /v1/key/info tells of the key. Pure. The plan's name is not told.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "provider/key_info.hpp"

namespace quotecached::provider::cmc {

// `body` may grow in capacity (the parser reads a few bytes past the end), never in size. Fails
// with Invalid when it is no whole JSON object with `data` inside.
Result<KeyInfo> read_key_info(std::string& body);

// "2026-12-01T00:00:00.000Z", with or without a fraction. Empty for anything else.
std::optional<TimePoint> read_timestamp(std::string_view text) noexcept;

}  // namespace quotecached::provider::cmc
