// The description of the daemon's own routes, as the OpenAPI Specification 3.1 has it: the text of
// config/openapi.json, compiled in.
//
// Immutable; any thread. It tells nothing of this daemon, only of its version: anyone may read it.
#pragma once

#include <string_view>

#include "proxy/answer.hpp"

namespace quotecached::routing {

[[nodiscard]] std::string_view description() noexcept;

// Makes `out` the answer that tells it, with a tag.
void fill_description(proxy::Answer& out);

}  // namespace quotecached::routing
