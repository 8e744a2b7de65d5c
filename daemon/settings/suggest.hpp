// Which word somebody probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace quotecached::settings {

// Insertions, deletions, substitutions and swaps of neighbours between the two.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The word of `words` nearest to `wrong`, or empty when none is near enough to be meant.
std::string nearest(std::string_view wrong, std::span<const std::string> words);

// `; did you mean "upstream.timeout"?`, or empty.
std::string suggestion(std::string_view wrong, std::span<const std::string> words);

}  // namespace quotecached::settings
