// Letters of ASCII, whatever the locale: protocols fold the case of these and of no others.
#pragma once

#include <algorithm>
#include <string_view>

namespace quotecached {

[[nodiscard]] constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

[[nodiscard]] constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

}  // namespace quotecached
