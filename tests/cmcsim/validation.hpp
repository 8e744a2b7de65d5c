// Checks a call's parameters against its endpoint's rules, with the provider's (Joi's) messages.
#pragma once

#include <string_view>

#include "endpoint.hpp"
#include "query.hpp"

namespace cmcsim {

// Throws ApiError 400 for the first parameter that is unknown, malformed, missing or in conflict.
void validate(const Endpoint& endpoint, const Query& query);

// The documented patterns of comma lists.
[[nodiscard]] bool is_id_list(std::string_view text);
[[nodiscard]] bool is_slug_list(std::string_view text);
[[nodiscard]] bool is_symbol_list(std::string_view text);

}  // namespace cmcsim
