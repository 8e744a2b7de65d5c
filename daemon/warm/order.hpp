// What quotecache warm, and others who ask POST /admin/warm, order: a list of assets to be fetched
// now as far as they are not fresh. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/types.hpp"

namespace quotecached::warm {

inline constexpr std::size_t kMostOrdered = 5000;  // assets of one order

struct Order {
  enum class What : std::uint8_t {
    Popular,  // the `popular` most asked
    Window,   // those of the window `window`, open or not
    Due,      // those of the windows that are open now, and the pinned ones
    Assets,   // `assets`
  };
  What what = What::Popular;
  std::optional<std::size_t> popular;  // empty: as the settings say
  std::string window;
  std::vector<std::string> assets;     // ids and symbols, as parse_asset() spells them
  std::vector<std::string> converts;   // empty: those that clients ask for
  std::optional<Credits> max_credits;  // that it may cost
  bool is_dry = false;                 // nothing is fetched
  bool explains = false;               // the answer says of each asset why, and what became of it
  bool waits = false;                  // it is answered when all is done
};

// An asset as an order names it: digits are an id, "1027", anything else a symbol, "ETH". A symbol
// that several assets share stands for all of them. Nothing when the word can be neither.
[[nodiscard]] std::optional<std::string> parse_asset(std::string_view word);
[[nodiscard]] bool is_id(std::string_view asset) noexcept;

}  // namespace quotecached::warm
