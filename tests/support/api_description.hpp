// An OpenAPI description as tests read it: its operations, and what it says of their parameters,
// bodies and answers.
//
// Shares no code with the daemon.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quotecached::test {

// A parameter of the query, or a member of a body.
struct ApiParameter {
  std::string name;
  bool is_required = false;
  bool is_exploded = true;         // of a list: the name stands before each item
  std::string type;                // "integer", "string", "boolean", "array"
  std::string item_type;           // of a list
  std::string example;             // a list's items with commas; empty: there is none
  std::vector<std::string> words;  // that it takes; empty: others too
  bool has_form = false;           // its text, or its items', is of a pattern
  std::optional<std::int64_t> least;
  std::optional<std::int64_t> most;
  std::optional<std::size_t> least_items;
  std::optional<std::size_t> most_items;
  std::optional<std::size_t> most_length;
};

struct ApiContent {
  std::string schema;
  std::string example;  // empty: there is none
};
struct ApiBody {
  std::string media_type;
  ApiContent content;
  std::vector<ApiParameter> members;
};
using ApiAnswer = std::map<std::string, ApiContent>;  // by media type, without its parameters

struct ApiOperation {
  std::string method;  // "GET"
  std::string path;
  std::vector<ApiParameter> query;
  std::optional<ApiBody> body;
  bool needs_token = false;                  // where tokens are asked for
  std::map<std::string, ApiAnswer> answers;  // by status: "200", "4XX", "default"

  [[nodiscard]] std::string name() const { return method + " " + path; }
  // Of the status itself or its hundred, not the default.
  [[nodiscard]] const ApiAnswer* answer(long status) const;
};

// Throws when `description` is none.
[[nodiscard]] std::vector<ApiOperation> operations_in(std::string_view description);

}  // namespace quotecached::test
