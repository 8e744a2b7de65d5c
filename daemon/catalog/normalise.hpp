// Brings rows of the catalogue into the form that parsing relies on, and finds their mistakes.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/endpoint.hpp"

namespace quotecached::catalog {

// Letters, digits and the characters of `more` only, and not empty.
[[nodiscard]] bool is_name(std::string_view text, std::string_view more = "_") noexcept;

// Spreads out `characters`, sorts the values of an EnumList and spells the default canonically.
// Returns what is wrong.
[[nodiscard]] std::vector<std::string> normalise(Parameter& parameter);

// Sorts the (normalised) parameters and marks the alternatives. Returns what is wrong.
[[nodiscard]] std::vector<std::string> normalise(Endpoint& endpoint);

}  // namespace quotecached::catalog
