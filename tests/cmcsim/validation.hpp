// Checks a call's parameters against its endpoint's rules, with the provider's (Joi's) messages.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "endpoint.hpp"
#include "query.hpp"

namespace cmcsim {

// Throws ApiError 400 for the first parameter that is malformed, then that is unknown, then for
// what is missing or in conflict: Joi's order. `new_names` are known at every endpoint and take any
// value.
void validate(const Endpoint& endpoint,
              const Query& query,
              std::span<const std::string> new_names = {});

// The documented patterns of comma lists.
[[nodiscard]] bool is_id_list(std::string_view text);
[[nodiscard]] bool is_slug_list(std::string_view text);
[[nodiscard]] bool is_symbol_list(std::string_view text);

}  // namespace cmcsim
