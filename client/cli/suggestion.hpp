// Guesses which word was meant by one that is not known. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quotecache::cli {

// The known word that differs by the fewest letters; empty when none is near.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace quotecache::cli
