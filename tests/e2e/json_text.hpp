// A naive reader of JSON text: finds where values begin and end, and never reads a number. It is
// independent of the daemon's own, so that the two can be held against each other.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace quotecached::test {

struct JsonMember {
  std::string_view name;   // as it is spelled, without quotes
  std::string_view value;  // from its first byte to its last
  std::string_view text;   // from the name's opening quote on
};

inline bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

inline std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

inline std::size_t string_end(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

inline std::size_t value_end(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    const bool is_open = c == '{' || c == '[';
    const bool is_close = c == '}' || c == ']';
    if (depth == 0 && (c == ',' || is_close || is_space(c))) return at;
    at = c == '"' ? string_end(text, at) : at + 1;
    if (is_open) ++depth;
    if (is_close) --depth;
    if (depth == 0 && (is_close || c == '"')) return at;
  }
  return at;
}

// Those of an object, or the elements of an array (without names).
inline std::vector<JsonMember> json_members(std::string_view text) {
  std::vector<JsonMember> members;
  if (text.empty()) throw std::runtime_error("no JSON");
  const bool is_object = text.front() == '{';
  auto at = skip_space(text, 1);
  while (at < text.size() && text[at] != '}' && text[at] != ']') {
    JsonMember member;
    const auto begin = at;
    if (is_object) {
      const auto end = string_end(text, at);
      member.name = text.substr(at + 1, end - at - 2);
      at = skip_space(text, text.find(':', end) + 1);
    }
    const auto end = value_end(text, at);
    if (end <= at || end >= text.size()) throw std::runtime_error("broken JSON");
    member.value = text.substr(at, end - at);
    member.text = text.substr(begin, end - begin);
    members.push_back(member);
    at = skip_space(text, end);
    if (text[at] == ',') at = skip_space(text, at + 1);
  }
  return members;
}

// The value of a member, empty when there is none.
inline std::string_view json_value(std::string_view object, std::string_view name) {
  if (object.empty() || object.front() != '{') return {};
  for (const JsonMember& member : json_members(object)) {
    if (member.name == name) return member.value;
  }
  return {};
}

// The same, without the quotes of a string.
inline std::string json_text(std::string_view object, std::string_view name) {
  auto value = json_value(object, name);
  if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
  return std::string(value);
}

}  // namespace quotecached::test
