// What stands in the data of a whole answer, as far as it can be held against what was asked and
// against the answer held before.
//
// Pure data. Who reads it out of an answer is whole_data.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quotecached::quote {

struct PricedAsset {
  std::uint64_t id = 0;
  bool is_good = false;  // it has a price in each convert that was asked for
};

struct WholeFacts {
  enum class Type : std::uint8_t { Scalar, Object, Array };

  Type type = Type::Scalar;
  std::size_t members = 0;  // of the data itself
  std::size_t rows = 0;     // elements of the data, or of the arrays that its members are
                            // or hold
  std::optional<std::uint64_t> total;  // items that there are in all, as the status says
  std::string stranger;                // an asset that was not asked for
  bool is_ambiguous = false;           // a key that tells whose a price is stands twice
  std::size_t quoted = 0;              // containers of quotes that tell their converts
  std::size_t lacking = 0;             // of them, those without a convert that was asked for
  std::vector<PricedAsset> prices;     // of assets that tell their id, in the order of the answer
};

}  // namespace quotecached::quote
