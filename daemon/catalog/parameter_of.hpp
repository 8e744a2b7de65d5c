// The parameter of an endpoint that plays a role. Pure.
#pragma once

#include <algorithm>

#include "catalog/endpoint.hpp"

namespace quotecached::catalog {

// The first one; null when the endpoint takes none. Lives as long as the endpoint.
[[nodiscard]] inline const Parameter* parameter_of(const Endpoint& endpoint, Role role) noexcept {
  const auto it = std::ranges::find(endpoint.parameters, role, &Parameter::role);
  return it == endpoint.parameters.end() ? nullptr : &*it;
}

}  // namespace quotecached::catalog
