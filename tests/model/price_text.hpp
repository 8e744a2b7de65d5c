// A price that tells everything about itself: whose it is, in which currency, of what kind of
// answer, of which moment and of which call. A number to whoever else reads it.
//
// "17.2003000004711000000091" is asset 17, kind 2, currency 3, made 4,711 ms after the start, by
// call 9; the last digit keeps the number's text from ending in zeros.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/world.hpp"

namespace quotecached::model {

using std::chrono::milliseconds;

struct PriceTag {
  int asset = 0;
  Kind kind = Kind::V1Quotes;
  int currency = 0;
  milliseconds generation{0};  // when the call that brought it reached the upstream, true time
  std::uint32_t call = 0;

  bool operator==(const PriceTag&) const = default;
};

[[nodiscard]] std::string price_text(const PriceTag& tag);
// Nothing for a text that price_text() does not write.
[[nodiscard]] std::optional<PriceTag> read_price(std::string_view text);

}  // namespace quotecached::model
