// Finds assets in the text of any answer, whatever its shape: by what its members say their id,
// symbol and slug are. Pure, and one pass over the text.
//
// Reads what tiers vouch for; of text that is no JSON it says something, and ends. What stands in
// "platform" (the chain a token lives on) and in quotes (the currency) is not what is told of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quotecached::cache {

// All sorted; symbols in upper case.
struct AssetNames {
  const std::vector<std::string>& ids;
  const std::vector<std::string>& symbols;
  const std::vector<std::string>& slugs;
};

[[nodiscard]] bool tells_of_any(std::string_view text, const AssetNames& names);

}  // namespace quotecached::cache
