// The token in an Authorization field. Pure.
#pragma once

#include <string_view>

#include "base/ascii.hpp"

namespace quotecached::routing {

// Empty when the field is of another scheme.
[[nodiscard]] constexpr std::string_view bearer(std::string_view authorization) noexcept {
  constexpr std::string_view kScheme = "bearer ";
  const auto scheme = authorization.substr(0, kScheme.size());
  return equal_ignoring_case(scheme, kScheme) ? authorization.substr(kScheme.size())
                                              : std::string_view();
}

}  // namespace quotecached::routing
