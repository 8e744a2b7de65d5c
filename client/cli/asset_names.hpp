// Assets as they are written on a command line. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/command_line.hpp"
#include "quotecache/quote.hpp"

namespace quotecache::cli {

// Digits are an id, a word with small letters is a slug, any other a symbol; "id:", "symbol:" and
// "slug:" before it say otherwise. Nothing: it can be none.
[[nodiscard]] std::optional<Asset> parse_asset(std::string_view word);

// Adds assets between commas to the ask. Returns what is wrong; empty: nothing.
[[nodiscard]] std::string take_assets(CommandLine& line, const std::string& words);

}  // namespace quotecache::cli
