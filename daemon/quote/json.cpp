#include "quote/json.hpp"

#include <charconv>

#include "base/ascii.hpp"
#include "quote/members.hpp"

namespace quotecached::quote {

namespace {

constexpr int kMaxDepth = 64;

// Tokens are short: to search them by loops of our own is a third of the cost of the library's.

std::string_view trimmed(std::string_view token) {
  while (!token.empty() && is_space(token.back())) token.remove_suffix(1);
  return token;
}

// Eats the digits at the front; says how many there were.
std::size_t eat_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  text.remove_prefix(count);
  return count;
}

bool eat(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

bool is_number(std::string_view text) {
  eat(text, '-');
  const bool has_leading_zero = text.starts_with('0');
  const std::size_t whole = eat_digits(text);
  if (whole == 0 || (has_leading_zero && whole > 1)) return false;
  if (eat(text, '.') && eat_digits(text) == 0) return false;
  if (eat(text, 'e') || eat(text, 'E')) {
    if (!eat(text, '+')) eat(text, '-');
    if (eat_digits(text) == 0) return false;
  }
  return text.empty();
}

bool is_escape(std::string_view text) {
  if (text.size() < 2) return false;
  if (text[1] != 'u') return std::string_view("\"\\/bfnrt").find(text[1]) != std::string_view::npos;
  constexpr std::string_view kHex = "0123456789abcdefABCDEF";
  return text.size() >= 6 && text.substr(2, 4).find_first_not_of(kHex) == std::string_view::npos;
}

// Control characters and UTF-8 were checked by the parser's first stage.
bool is_string(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1 == text.size();
    if (text[at] != '\\') continue;
    if (!is_escape(text.substr(at))) return false;
    ++at;
  }
  return false;
}

bool is_literal(std::string_view text) {
  return text == "true" || text == "false" || text == "null";
}

// Checks a scalar and steps over it.
std::string_view pass_scalar(ondemand::value& value, ondemand::json_type type) {
  const std::string_view token = trimmed(value.raw_json_token());
  if (type == ondemand::json_type::string) {
    if (!is_string(token)) throw_malformed();
    value.get_raw_json_string().value();
  } else if (type == ondemand::json_type::number ? !is_number(token) : !is_literal(token)) {
    throw_malformed();
  }
  return token;
}

}  // namespace

void throw_malformed() { throw simdjson::simdjson_error(simdjson::TAPE_ERROR); }

std::optional<std::uint64_t> parse_id(std::string_view text) noexcept {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return id;
}

Document::Document(std::string_view body)
    : copy_(body), document_(parser_.iterate(copy_).value()) {}

ondemand::object Document::root() { return document_.get_object(); }

void Document::expect_end() {
  if (document_.current_location().error() != simdjson::OUT_OF_BOUNDS) throw_malformed();
}

Span Document::pass(ondemand::value& value, int depth) {
  if (depth > kMaxDepth) throw simdjson::simdjson_error(simdjson::DEPTH_ERROR);
  const std::size_t begin = begin_of(value);
  const ondemand::json_type type = value.type();
  if (type == ondemand::json_type::object) {
    for (ondemand::field field : value.get_object()) {
      field.unescaped_key().value();
      pass(field.value(), depth + 1);
    }
  } else if (type == ondemand::json_type::array) {
    for (ondemand::value element : value.get_array()) {
      pass(element, depth + 1);
    }
  } else {
    return {begin, begin + pass_scalar(value, type).size()};
  }
  return {begin, end_of_last()};
}

std::optional<std::uint64_t> Document::pass_id(ondemand::value& value) {
  if (value.type() == ondemand::json_type::string) return parse_id(pass_string(value));
  const auto number = pass_number(value);
  return number ? parse_id(*number) : std::nullopt;
}

std::string_view Document::pass_string(ondemand::value& value) {
  if (value.type() != ondemand::json_type::string) {
    pass(value);
    return {};
  }
  const std::string_view token = trimmed(value.raw_json_token());
  if (!is_string(token)) throw_malformed();
  std::string_view text;  // stays empty when half of a surrogate pair is missing
  if (value.get_string().get(text) != simdjson::SUCCESS) return {};
  return text;
}

std::optional<std::string_view> Document::pass_number(ondemand::value& value) {
  const bool is_number = value.type() == ondemand::json_type::number;
  const Span span = pass(value);
  if (!is_number) return std::nullopt;
  return text().substr(span.begin, span.end - span.begin);
}

std::size_t Document::begin_of(ondemand::value& value) const {
  return offset(value.raw_json_token().data());
}

std::size_t Document::begin_of_key(const ondemand::field& field) const {
  return offset(field.key().raw()) - 1;
}

std::size_t Document::end_of_last() {
  const std::size_t next = offset(document_.current_location().value());
  return trimmed(text().substr(0, next)).size();
}

std::size_t Document::offset(const char* at) const {
  return static_cast<std::size_t>(at - copy_.data());
}

}  // namespace quotecached::quote
