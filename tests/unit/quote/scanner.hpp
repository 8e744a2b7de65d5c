// A naive scanner of well-formed JSON: what the bytes of a member or an element are, found without
// any of the code under test.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quotecached::quote::test {

struct ScannedItem {
  std::string_view key;       // as written between the quotes; empty in an array
  std::string_view led_text;  // with the white space before it
  std::string_view text;      // key (if any) and value
  std::string_view value;
};

inline std::size_t skip_space(std::string_view json, std::size_t at) {
  while (at < json.size() && std::string_view(" \t\r\n").find(json[at]) != std::string_view::npos) {
    ++at;
  }
  return at;
}

inline std::size_t skip_string(std::string_view json, std::size_t at) {
  for (++at; json[at] != '"'; ++at) {
    if (json[at] == '\\') ++at;
  }
  return at + 1;
}

inline std::size_t skip_value(std::string_view json, std::size_t at) {
  if (json[at] == '"') return skip_string(json, at);
  if (json[at] != '{' && json[at] != '[') return json.find_first_of(",]} \t\r\n", at);
  int depth = 0;
  while (true) {
    if (json[at] == '"') {
      at = skip_string(json, at);
      continue;
    }
    if (json[at] == '{' || json[at] == '[') ++depth;
    if (json[at] == '}' || json[at] == ']') --depth;
    ++at;
    if (depth == 0) return at;
  }
}

// The members or elements of the object or array that `json` is.
inline std::vector<ScannedItem> items(std::string_view json) {
  std::vector<ScannedItem> result;
  const bool is_object = json.front() == '{';
  std::size_t at = 1;
  if (json[skip_space(json, at)] == (is_object ? '}' : ']')) return result;
  while (true) {
    const std::size_t lead = at;
    const std::size_t begin = skip_space(json, at);
    std::size_t value = begin;
    ScannedItem item;
    if (is_object) {
      const std::size_t key_end = skip_string(json, begin);
      item.key = json.substr(begin + 1, key_end - begin - 2);
      value = skip_space(json, json.find(':', key_end) + 1);
    }
    const std::size_t end = skip_value(json, value);
    item.led_text = json.substr(lead, end - lead);
    item.text = json.substr(begin, end - begin);
    item.value = json.substr(value, end - value);
    result.push_back(item);
    at = skip_space(json, end) + 1;
    if (json[at - 1] != ',') return result;
  }
}

inline std::string_view value_at(std::string_view json, std::string_view key) {
  for (const ScannedItem& item : items(json)) {
    if (item.key == key) return item.value;
  }
  return {};
}

inline std::string_view unquoted(std::string_view text) {
  return text.starts_with('"') ? text.substr(1, text.size() - 2) : text;
}

// The asset object `asset` with only these converts among its quotes, in this order: what an
// upstream asked for just these would have written.
inline std::string with_converts(std::string_view asset,
                                 std::string_view quote_field,
                                 const std::vector<std::string>& converts) {
  const std::string_view container = value_at(asset, quote_field);
  std::string quotes;
  std::size_t last_end = 0;
  for (const ScannedItem& item : items(container)) {
    last_end = static_cast<std::size_t>(item.text.data() + item.text.size() - container.data());
  }
  for (const std::string& convert : converts) {
    for (const ScannedItem& item : items(container)) {
      const std::string_view key =
          container.front() == '{' ? item.key : unquoted(value_at(item.value, "symbol"));
      if (key != convert) continue;
      if (!quotes.empty()) quotes += ',';
      quotes += item.led_text;
    }
  }
  const auto start = static_cast<std::size_t>(container.data() - asset.data());
  return std::string(asset.substr(0, start + 1)) + quotes +
         std::string(asset.substr(start + last_end));
}

}  // namespace quotecached::quote::test
