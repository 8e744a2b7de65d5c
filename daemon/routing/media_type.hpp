// Is a Content-Type one? Pure.
#pragma once

#include <algorithm>
#include <string_view>

#include "base/ascii.hpp"

namespace quotecached::routing {

// "type/subtype", and parameters of printable text. Empty: none is given, which is fine.
[[nodiscard]] constexpr bool is_media_type(std::string_view text) noexcept {
  const auto is_token_char = [](char c) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return is_alphanumeric(c) || kMarks.find(c) != std::string_view::npos;
  };
  const auto is_token = [&](std::string_view part) {
    return !part.empty() && std::ranges::all_of(part, is_token_char);
  };
  if (text.empty()) return true;
  if (!std::ranges::all_of(text, is_printable)) return false;
  auto essence = text.substr(0, text.find(';'));
  while (essence.ends_with(' ')) essence.remove_suffix(1);
  const auto slash = essence.find('/');
  return slash != std::string_view::npos && is_token(essence.substr(0, slash)) &&
         is_token(essence.substr(slash + 1));
}

}  // namespace quotecached::routing
