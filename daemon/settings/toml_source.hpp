// TOML text as a flat list of keys and values with their lines. The one place that knows toml++.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "settings/problem.hpp"
#include "settings/value.hpp"

namespace quotecached::settings {

// A value as a source gave it.
struct SourceValue {
  std::string key;  // full, dotted; parts that are no bare words are quoted
  std::string file;
  std::size_t line = 0;
  Value value;
};

struct Flat {
  std::vector<SourceValue> values;  // by line
  std::vector<SourceValue>
      sections;  // tables that hold no value of their own; `value` says nothing
};

// Adds what is wrong with the text to `problems`; a syntax error is one problem and ends the text.
Flat flatten_toml(std::string_view text, const std::string& file, Problems& problems);

// One TOML value, as after `key =`. Empty when the text is none.
std::optional<Value> parse_toml_value(std::string_view text);

}  // namespace quotecached::settings
