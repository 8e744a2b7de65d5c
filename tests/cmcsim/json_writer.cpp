#include "json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace cmcsim {

namespace {

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  if (static_cast<unsigned char>(c) < 0x20) {
    out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
  } else {
    out.push_back(c);
  }
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) append_escaped(out, c);
  out.push_back('"');
}

namespace {

// Digits without the point, and the power of ten of the first one.
struct Decimal {
  std::string digits;
  int exponent = 0;
};

Decimal shortest(double magnitude) {
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(
      buffer.data(), buffer.data() + buffer.size(), magnitude, std::chars_format::scientific);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
  const auto e = text.find('e');
  Decimal decimal;
  for (const char c : text.substr(0, e)) {
    if (c != '.') decimal.digits.push_back(c);
  }
  auto power = text.substr(e + 1);
  if (power.front() == '+') power.remove_prefix(1);
  std::from_chars(power.data(), power.data() + power.size(), decimal.exponent);
  return decimal;
}

void append_exponent_form(std::string& out, const Decimal& decimal) {
  out.push_back(decimal.digits.front());
  if (decimal.digits.size() > 1) out.append(".").append(decimal.digits, 1);
  out += fmt::format("e{}{}", decimal.exponent > 0 ? "+" : "", decimal.exponent);
}

void append_plain_form(std::string& out, const Decimal& decimal) {
  const auto count = static_cast<int>(decimal.digits.size());
  const int point = decimal.exponent + 1;
  if (point <= 0) {
    out.append("0.").append(static_cast<std::size_t>(-point), '0').append(decimal.digits);
  } else if (point >= count) {
    out.append(decimal.digits).append(static_cast<std::size_t>(point - count), '0');
  } else {
    const auto split = static_cast<std::size_t>(point);
    out.append(decimal.digits, 0, split).append(".").append(decimal.digits, split);
  }
}

}  // namespace

void append_number(std::string& out, double number) {
  if (number == 0 || !std::isfinite(number)) {
    out.push_back('0');
    return;
  }
  if (number < 0) out.push_back('-');
  const Decimal decimal = shortest(std::fabs(number));
  if (decimal.exponent < -6 || decimal.exponent > 20) {
    append_exponent_form(out, decimal);
  } else {
    append_plain_form(out, decimal);
  }
}

std::string number_text(double number) {
  std::string text;
  append_number(text, number);
  return text;
}

void JsonWriter::separate() {
  if (needs_comma_) out_.push_back(',');
  needs_comma_ = true;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_.push_back(bracket);
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_.push_back(bracket);
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_quoted(out_, name);
  out_.push_back(':');
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  append_quoted(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  separate();
  append_number(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(std::optional<double> value) {
  return value ? number(*value) : null();
}

JsonWriter& JsonWriter::integer(std::int64_t value) { return raw(std::to_string(value)); }

JsonWriter& JsonWriter::boolean(bool value) { return raw(value ? "true" : "false"); }

JsonWriter& JsonWriter::null() { return raw("null"); }

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

}  // namespace cmcsim
