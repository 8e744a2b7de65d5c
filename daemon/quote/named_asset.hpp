// The asset objects in the text of a fragment, and what each says of its names.
//
// Pure. Reads fragments, which cut() or a tier's checksum vouch for; anything else is no fragment,
// never an error. Views point into the text.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace quotecached::quote {

struct NamedAsset {
  std::size_t begin = 0;  // of the object in the text
  std::size_t end = 0;
  std::uint64_t id = 0;
  std::string_view symbol;  // empty when it has none, or one with escapes
  std::string_view slug;    // likewise
  std::optional<bool> is_active;
};

// In text order; nothing when the text is no fragment, or an object in it has no id.
[[nodiscard]] std::optional<std::vector<NamedAsset>> assets_in(std::string_view text);

}  // namespace quotecached::quote
