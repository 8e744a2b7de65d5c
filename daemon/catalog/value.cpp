#include "catalog/value.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/ascii.hpp"

namespace quotecached::catalog {

namespace {

constexpr std::size_t kLongestId = 18;      // digits; always fits 64 bits
constexpr std::size_t kLongestNumber = 64;  // characters
constexpr std::size_t kLongestEcho = 64;    // of a client's text in a message

RequestError invalid(const Parameter& parameter, std::string_view value) {
  return refuse(fmt::format("Invalid value for \"{}\": {}", parameter.name, quoted(value)));
}

std::string_view without_leading_zeros(std::string_view digits) noexcept {
  const auto first = digits.find_first_not_of('0');
  return digits.substr(first == std::string_view::npos ? digits.size() - 1 : first);
}

// The canonical id, or an empty text.
std::string_view read_id(const Parameter& parameter, std::string_view word, Arena& arena) {
  if (std::ranges::find(parameter.values, word) != parameter.values.end()) return arena.add(word);
  if (word.empty() || !std::ranges::all_of(word, is_digit)) return {};
  const auto id = without_leading_zeros(word);
  return id.size() <= kLongestId ? arena.add(id) : std::string_view{};
}

std::string_view read_word(const Parameter& parameter, std::string_view word, Arena& arena) {
  for (const char c : word) {
    if (!parameter.accepts[static_cast<unsigned char>(c)]) return {};
  }
  return arena.add(word, parameter.upper_case);
}

// Ids without leading zeros compare as numbers by their length first.
bool before(bool are_ids, std::string_view a, std::string_view b) noexcept {
  if (are_ids && a.size() != b.size()) return a.size() < b.size();
  return a < b;
}

void sort_distinct(bool are_ids, std::vector<std::string_view>& words) {
  const auto less = [are_ids](std::string_view a, std::string_view b) {
    return before(are_ids, a, b);
  };
  const auto not_less = [&](std::string_view a, std::string_view b) { return !less(a, b); };
  if (std::ranges::adjacent_find(words, not_less) == words.end()) return;  // as most clients ask
  std::ranges::sort(words, less);
  words.erase(std::unique(words.begin(), words.end()), words.end());
}

bool are_distinct(const std::vector<std::string_view>& words) {
  if (words.size() < 2) return true;
  if (words.size() == 2) return words[0] != words[1];
  thread_local std::vector<std::string_view> sorted;
  sorted.assign(words.begin(), words.end());
  std::ranges::sort(sorted);
  return std::ranges::adjacent_find(sorted) == sorted.end();
}

// Each word once, where it stands first.
void keep_first(std::vector<std::string_view>& words) {
  if (are_distinct(words)) return;  // as most clients ask
  std::unordered_set<std::string_view> seen;
  std::erase_if(words, [&seen](std::string_view word) { return !seen.insert(word).second; });
}

// "10.0" is 10: that is how programs write integers that they hold as floating-point numbers.
std::string_view without_zero_fraction(std::string_view number) noexcept {
  const auto point = std::min(number.find('.'), number.size());
  const auto fraction = number.substr(std::min(point + 1, number.size()));
  const bool is_zero =
      !fraction.empty() && fraction.find_first_not_of('0') == std::string_view::npos;
  return is_zero ? number.substr(0, point) : number;
}

std::optional<RequestError> append_integer(const Parameter& parameter,
                                           std::string_view value,
                                           std::string& out) {
  if (value.size() <= kLongestNumber) value = without_zero_fraction(value);
  if (value.empty() || value.size() > kLongestNumber || !std::ranges::all_of(value, is_digit)) {
    return refuse(fmt::format("\"{}\" must be a number", parameter.name));
  }
  const auto digits = without_leading_zeros(value);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool overflows = error != std::errc{};
  if (overflows || (parameter.maximum > 0 && number > parameter.maximum)) {
    const auto most = parameter.maximum > 0 ? parameter.maximum : INT64_MAX;
    return refuse(fmt::format("\"{}\" must be less than or equal to {}", parameter.name, most));
  }
  if (number < parameter.minimum) {
    return refuse(fmt::format(
        "\"{}\" must be larger than or equal to {}", parameter.name, parameter.minimum));
  }
  out += digits;
  return std::nullopt;
}

std::string_view take_digits(std::string_view& rest) noexcept {
  const auto end = std::ranges::find_if_not(rest, is_digit);
  const auto digits = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(digits.size());
  return digits;
}

// A decimal number without superfluous zeros: "-01.50" is "-1.5", "-0" is "0".
std::optional<RequestError> append_number(const Parameter& parameter,
                                          std::string_view value,
                                          std::string& out) {
  const auto not_a_number = [&] {
    return refuse(fmt::format("\"{}\" must be a number", parameter.name));
  };
  if (value.size() > kLongestNumber) return not_a_number();
  auto rest = value;
  const bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  auto whole = take_digits(rest);
  std::string_view fraction;
  const bool has_point = rest.starts_with('.');
  if (has_point) {
    rest.remove_prefix(1);
    fraction = take_digits(rest);
  }
  if (whole.empty() && fraction.empty()) return not_a_number();
  if (has_point && fraction.empty()) return not_a_number();
  std::string_view exponent;
  bool small = false;
  if (rest.starts_with('e') || rest.starts_with('E')) {
    rest.remove_prefix(1);
    small = rest.starts_with('-');
    if (small || rest.starts_with('+')) rest.remove_prefix(1);
    exponent = take_digits(rest);
    if (exponent.empty()) return not_a_number();
    exponent = without_leading_zeros(exponent);
  }
  if (!rest.empty()) return not_a_number();
  whole = whole.empty() ? "0" : without_leading_zeros(whole);
  while (fraction.ends_with('0')) fraction.remove_suffix(1);
  const bool zero = whole == "0" && fraction.empty();
  if (negative && !zero) out += '-';
  out += whole;
  if (!fraction.empty()) out.append(".").append(fraction);
  if (!zero && !exponent.empty() && exponent != "0") {
    out.append(small ? "e-" : "e").append(exponent);
  }
  return std::nullopt;
}

std::optional<RequestError> append_boolean(const Parameter& parameter,
                                           std::string_view value,
                                           std::string& out) {
  for (const std::string_view word : {"true", "false"}) {
    const auto equal = [](char a, char b) { return (a | 0x20) == b; };
    if (std::ranges::equal(value, word, equal)) {
      out += word;
      return std::nullopt;
    }
  }
  return refuse(fmt::format("\"{}\" must be a boolean", parameter.name));
}

RequestError not_one_of(const Parameter& parameter) {
  return refuse(
      fmt::format("\"{}\" must be one of [{}]", parameter.name, fmt::join(parameter.values, ", ")));
}

std::optional<RequestError> append_enum(const Parameter& parameter,
                                        std::string_view value,
                                        std::string& out) {
  if (std::ranges::find(parameter.values, value) == parameter.values.end()) {
    return not_one_of(parameter);
  }
  append_encoded(out, value);
  return std::nullopt;
}

// Requires: at most 64 values.
std::optional<RequestError> append_enum_list(const Parameter& parameter,
                                             std::string_view value,
                                             std::string& out) {
  std::uint64_t chosen = 0;
  for (std::size_t begin = 0; begin <= value.size();) {
    const auto end = std::min(value.find(',', begin), value.size());
    const auto word = value.substr(begin, end - begin);
    const auto it = std::ranges::find(parameter.values, word);
    if (it == parameter.values.end()) return not_one_of(parameter);
    chosen |= std::uint64_t{1} << (it - parameter.values.begin());
    begin = end + 1;
  }
  bool first = true;
  for (std::size_t i = 0; i < parameter.values.size(); ++i) {
    if ((chosen >> i & 1U) == 0) continue;
    if (!std::exchange(first, false)) out += ',';
    append_encoded(out, parameter.values[i]);
  }
  return std::nullopt;
}

std::size_t bound(const Parameter& parameter, std::size_t otherwise) noexcept {
  return parameter.maximum > 0 ? static_cast<std::size_t>(parameter.maximum) : otherwise;
}

RequestError empty_value(std::string_view name) {
  return refuse(fmt::format("\"{}\" is not allowed to be empty", name));
}

}  // namespace

RequestError refuse(std::string message) { return {400, 400, std::move(message)}; }

std::string quoted(std::string_view text) {
  std::string out = '"' + printable_part(text, kLongestEcho);
  if (text.size() > kLongestEcho) out += "...";
  return out += '"';
}

std::optional<RequestError> read_list(const Parameter& parameter,
                                      std::string_view value,
                                      bool keep_order,
                                      Arena& arena,
                                      std::vector<std::string_view>& words) {
  const bool are_ids = parameter.type == ValueType::IdList;
  const bool drops_empty = !are_ids && parameter.accepts[','];
  const auto most = bound(parameter, kMaxListItems);
  if (value.empty()) return empty_value(parameter.name);
  words.clear();
  for (std::size_t begin = 0; begin <= value.size();) {
    const auto end = std::min(value.find(',', begin), value.size());
    const auto item = value.substr(begin, end - begin);
    begin = end + 1;
    if (item.empty() && drops_empty) continue;
    const auto word = are_ids ? read_id(parameter, item, arena) : read_word(parameter, item, arena);
    if (word.empty()) return invalid(parameter, most == 1 ? value : item);
    if (words.size() == most) {
      return refuse(
          fmt::format("\"{}\" must contain less than or equal to {} items", parameter.name, most));
    }
    words.push_back(word);
  }
  if (words.empty()) return invalid(parameter, value);
  if (keep_order) {
    keep_first(words);
  } else {
    sort_distinct(are_ids, words);
  }
  return std::nullopt;
}

void append_list(std::string& out, const std::vector<std::string_view>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += ',';
    append_encoded(out, words[i]);
  }
}

std::optional<RequestError> append_scalar(const Parameter& parameter,
                                          std::string_view value,
                                          std::string& out) {
  if (value.empty()) return empty_value(parameter.name);
  switch (parameter.type) {
    case ValueType::Integer: return append_integer(parameter, value, out);
    case ValueType::Number: return append_number(parameter, value, out);
    case ValueType::Boolean: return append_boolean(parameter, value, out);
    case ValueType::Enum: return append_enum(parameter, value, out);
    case ValueType::EnumList: return append_enum_list(parameter, value, out);
    default: break;
  }
  if (auto bad = check_text(parameter.name, value, bound(parameter, kMaxTextLength))) return bad;
  append_encoded(out, value);
  return std::nullopt;
}

std::optional<RequestError> check_text(std::string_view name,
                                       std::string_view value,
                                       std::size_t longest) {
  if (value.empty()) return empty_value(name);
  if (value.size() > longest) {
    return refuse(fmt::format(
        "\"{}\" length must be less than or equal to {} characters long", name, longest));
  }
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::ranges::any_of(value, is_control)) {
    return refuse(fmt::format("Invalid value for \"{}\": {}", name, quoted(value)));
  }
  return std::nullopt;
}

}  // namespace quotecached::catalog
