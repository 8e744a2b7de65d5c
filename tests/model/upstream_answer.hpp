// The body of an upstream answer: right, or spoilt as a fate says.
#pragma once

#include <string>

#include "model/call.hpp"

namespace quotecached::model {

// In the shape of the provider's endpoint; prices are tagged with the call. Requires: not a fate
// that has no body (NoAnswer).
[[nodiscard]] std::string upstream_body(const World& world, const Call& call);

}  // namespace quotecached::model
