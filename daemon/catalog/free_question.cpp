#include "catalog/free_question.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "catalog/price.hpp"
#include "catalog/query.hpp"

namespace quotecached::catalog {
namespace {

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
  append_encoded(target, name);
  target += '=';
  append_encoded(target, value);
}

const Parameter* parameter_of(const Endpoint& endpoint, Role role) {
  const auto it = std::ranges::find(endpoint.parameters, role, &Parameter::role);
  return it == endpoint.parameters.end() ? nullptr : &*it;
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
