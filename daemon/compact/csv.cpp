#include "compact/csv.hpp"

#include <cstdint>
#include <optional>

#include "base/ascii.hpp"

namespace quotecached::compact {
namespace {

// How a formula begins, by what spreadsheets take for one; texts come from outside.
constexpr std::string_view kFormulaBegins = "=+-@\t\r";

void append_utf8(std::string& out, std::uint32_t point) {
  const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) return add(point);
  if (point < 0x800) {
    add(0xc0 | point >> 6);
    return add(0x80 | (point & 0x3f));
  }
  if (point < 0x10000) {
    add(0xe0 | point >> 12);
  } else {
    add(0xf0 | point >> 18);
    add(0x80 | (point >> 12 & 0x3f));
  }
  add(0x80 | (point >> 6 & 0x3f));
  add(0x80 | (point & 0x3f));
}

// The four digits at `at`.
std::optional<std::uint32_t> unit_at(std::string_view text, std::size_t at) {
  if (text.size() < at + 4) return std::nullopt;
  std::uint32_t unit = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) return std::nullopt;
    unit = unit * 16 + static_cast<std::uint32_t>(digit);
  }
  return unit;
}

bool is_high(std::uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low(std::uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

// Takes the `\uXXXX` at `at`, or two that are one character; returns past it.
std::size_t take_unicode(std::string& out, std::string_view text, std::size_t at) {
  constexpr std::uint32_t kReplacement = 0xfffd;
  const auto unit = unit_at(text, at + 2);
  if (!unit) {
    out += text[at];
    return at + 1;
  }
  const bool has_second = is_high(*unit) && text.substr(at + 6).starts_with("\\u");
  const auto second = has_second ? unit_at(text, at + 8) : std::nullopt;
  if (second && is_low(*second)) {
    append_utf8(out, 0x10000 + ((*unit - 0xd800) << 10) + (*second - 0xdc00));
    return at + 12;
  }
  append_utf8(out, is_high(*unit) || is_low(*unit) ? kReplacement : *unit);
  return at + 6;
}

std::optional<char> plain_escape(char c) {
  switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'b': return '\b';
    case 'f': return '\f';
    case '"':
    case '\\':
    case '/': return c;
    default: return std::nullopt;
  }
}

void append_text(std::string& out, std::string_view text) {
  const bool is_formula = !text.empty() && kFormulaBegins.find(text.front()) != text.npos;
  const bool is_quoted = text.find_first_of("\",\r\n") != text.npos;
  if (is_quoted) out += '"';
  if (is_formula) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  if (is_quoted) out += '"';
}

}  // namespace

std::string text_of(std::string_view json) {
  std::string out;
  if (json.size() < 2) return out;
  const auto text = json.substr(1, json.size() - 2);
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i++];
    } else if (text[i + 1] == 'u') {
      i = take_unicode(out, text, i);
    } else if (const auto c = plain_escape(text[i + 1])) {
      out += *c;
      i += 2;
    } else {
      out += text[i++];
    }
  }
  return out;
}

void append_csv_field(std::string& out, std::string_view json) {
  if (json.empty() || json == "null") return;
  if (json.front() == '"') {
    append_text(out, text_of(json));
  } else {
    out += json;
  }
}

}  // namespace quotecached::compact
