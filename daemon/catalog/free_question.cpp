#include "catalog/free_question.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/ascii.hpp"
#include "catalog/parameter_of.hpp"
#include "catalog/price.hpp"
#include "catalog/query.hpp"

namespace quotecached::catalog {
namespace {

// Plain words only: others are read as something else by who takes a query apart (`id[]` as `id`),
// or are no names to it.
bool is_plain(std::string_view name) {
  constexpr std::array<std::string_view, 7> kInherited{"constructor",
                                                       "hasOwnProperty",
                                                       "isPrototypeOf",
                                                       "propertyIsEnumerable",
                                                       "toLocaleString",
                                                       "toString",
                                                       "valueOf"};
  const auto is_of_word = [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; };
  return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, is_of_word) &&
         std::ranges::find(kInherited, name) == kInherited.end();
}

// Somebody's key under a name that nobody reads must not travel, nor stand in a list of requests.
bool may_be_secret(std::string_view name) {
  constexpr std::array<std::string_view, 5> kSigns{"key", "token", "secret", "auth", "password"};
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), to_lower);
  return std::ranges::any_of(
      kSigns, [&lower](std::string_view sign) { return lower.find(sign) != std::string::npos; });
}

// A value that the parameter takes; empty: none is known.
std::string valid_value(const Parameter& parameter) {
  if (!parameter.default_value.empty()) return parameter.default_value;
  switch (parameter.type) {
    case ValueType::Integer: return std::to_string(std::max<std::int64_t>(parameter.minimum, 1));
    case ValueType::Number:
    case ValueType::IdList: return "1";
    case ValueType::Boolean: return "true";
    case ValueType::Enum:
    case ValueType::EnumList:
      return parameter.values.empty() ? std::string() : parameter.values.front();
    case ValueType::Pattern:
    case ValueType::Text: break;
  }
  return {};
}

void append(std::string& target, std::string_view name, std::string_view value) {
  target += target.find('?') == std::string::npos ? '?' : '&';
  target += name;
  target += '=';
  append_encoded(target, value);
}

// How many items an answer to a request has that says nothing of it.
std::size_t default_items(const Endpoint& endpoint) {
  const auto* limit = parameter_of(endpoint, Role::Limit);
  std::size_t items = 0;
  if (limit != nullptr) {
    const auto& text = limit->default_value;
    std::from_chars(text.data(), text.data() + text.size(), items);
  }
  return items;
}

// Without any of the parameters of which one must be given, or else with both that exclude each
// other.
bool add_contradiction(const Endpoint& endpoint, std::string& target) {
  if (!endpoint.one_of.empty()) return true;
  const auto* convert = parameter_of(endpoint, Role::Convert);
  const auto* convert_id = parameter_of(endpoint, Role::ConvertId);
  if (convert == nullptr || convert_id == nullptr) return false;
  append(target, convert->name, "USD");
  append(target, convert_id->name, "2781");
  return true;
}

}  // namespace

std::optional<FreeQuestion> free_question(const Endpoint& endpoint, std::string_view parameter) {
  if (!is_plain(parameter) || may_be_secret(parameter)) return std::nullopt;
  FreeQuestion question;
  question.target = endpoint.path;
  for (const auto& needed : endpoint.parameters) {
    if (!needed.required) continue;
    const auto value = valid_value(needed);
    if (value.empty()) return std::nullopt;
    append(question.target, needed.name, value);
  }
  if (!add_contradiction(endpoint, question.target)) return std::nullopt;
  append(question.target, parameter, "1");
  const std::size_t converts = endpoint.one_of.empty() ? 2 : 1;
  question.if_answered = list_price(endpoint.price, default_items(endpoint), converts);
  return question;
}

}  // namespace quotecached::catalog
