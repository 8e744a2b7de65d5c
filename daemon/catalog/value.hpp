// The canonical spelling of one parameter's value, or why it is refused. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/endpoint.hpp"
#include "catalog/query.hpp"
#include "catalog/request.hpp"

namespace quotecached::catalog {

// A refusal with status 400.
[[nodiscard]] RequestError refuse(std::string message);

// `"text"`, shortened, with '?' for what is not printable ASCII: fit for a message.
[[nodiscard]] std::string quoted(std::string_view text);

[[nodiscard]] constexpr bool is_list(const Parameter& parameter) noexcept {
  return parameter.type == ValueType::IdList || parameter.type == ValueType::Pattern;
}

// Reads a list into `words`: distinct, canonical, sorted (ids as numbers) unless `keep_order`. The
// words live in the arena. Requires: is_list(parameter), value.size() fits the arena.
std::optional<RequestError> read_list(const Parameter& parameter,
                                      std::string_view value,
                                      bool keep_order,
                                      Arena& arena,
                                      std::vector<std::string_view>& words);

void append_list(std::string& out, const std::vector<std::string_view>& words);

// Appends the canonical spelling of `value`, ready for a query. Requires: !is_list(parameter).
std::optional<RequestError> append_scalar(const Parameter& parameter,
                                          std::string_view value,
                                          std::string& out);

// Is `value` fit for a text: not empty, no longer than `longest`, no control characters?
std::optional<RequestError> check_text(std::string_view name,
                                       std::string_view value,
                                       std::size_t longest);

}  // namespace quotecached::catalog
