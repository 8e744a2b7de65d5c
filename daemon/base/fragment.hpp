// A fragment: the raw JSON of one asset, byte for byte as the upstream wrote it.
//
// In an answer keyed by asset it is the whole member, key included (`"1":{...}`); in an array it is
// the element (`{...}`), or several elements joined by commas where one symbol names several coins.
// Fragments of the same kind are therefore joined into an answer with commas alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace quotecached {

// Where the quotes of one asset object stand in a fragment: the text between the braces (or
// brackets) of its quote container, trailing white space left out. A fragment holds the quote of
// one convert; those of other converts are spliced in at `end`.
struct Slot {
  std::uint64_t asset_id = 0;  // the "id" of the asset object, so that only equals are spliced
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  friend bool operator==(const Slot&, const Slot&) = default;
};

struct Fragment {
  std::string text;
  std::vector<Slot> slots;  // in text order; empty for data without quotes

  friend bool operator==(const Fragment&, const Fragment&) = default;
};

}  // namespace quotecached
