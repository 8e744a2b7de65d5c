// Percent-encoding of what goes into a target or a form. Pure.
#pragma once

#include <string>
#include <string_view>

namespace quotecache {

// Letters, digits, '-', '.', '_' and '~'.
[[nodiscard]] constexpr bool is_unreserved(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

void append_escaped(std::string& out, std::string_view text);
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace quotecache
