#include "catalog/normalise.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "catalog/parameter_of.hpp"
#include "catalog/value.hpp"

namespace quotecached::catalog {

namespace {

constexpr std::int64_t kMaxConverts = 120;
constexpr std::size_t kMaxValues = 64;          // of an enum: one bit each
constexpr std::size_t kMaxConvertDefault = 64;  // characters: every request stores it

using Mistakes = std::vector<std::string>;

// "0-9A-Za-z$@" with ranges spread out; a '-' at an end stands for itself.
std::array<bool, 256> spread(std::string_view characters) {
  std::array<bool, 256> accepts{};
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const auto first = static_cast<unsigned char>(characters[i]);
    accepts[first] = true;
    if (i + 2 >= characters.size() || characters[i + 1] != '-') continue;
    const auto last = static_cast<unsigned char>(characters[i + 2]);
    for (unsigned c = first; c <= last; ++c) accepts[c] = true;
    i += 2;
  }
  return accepts;
}

bool is_convert(const Parameter& parameter) noexcept {
  return parameter.role == Role::Convert || parameter.role == Role::ConvertId;
}

bool names_assets(const Parameter& parameter) noexcept {
  return parameter.role == Role::Ids || parameter.role == Role::Symbols ||
         parameter.role == Role::Slugs;
}

void check_role(const Parameter& parameter, Mistakes& mistakes) {
  const auto say = [&](std::string_view what) {
    mistakes.push_back(fmt::format("\"{}\" {}", parameter.name, what));
  };
  if ((names_assets(parameter) || is_convert(parameter)) && !is_list(parameter)) {
    say("must be a list by its role");
  }
  if (is_convert(parameter) && (parameter.maximum < 1 || parameter.maximum > kMaxConverts)) {
    say("must have a maximum from 1 to 120");
  }
  if (parameter.role == Role::Convert && parameter.default_value.size() > kMaxConvertDefault) {
    say("has a default that is too long");
  }
  const bool is_switch = parameter.type == ValueType::Boolean && !parameter.default_value.empty();
  if (parameter.role == Role::SkipInvalid && !is_switch) say("must be a boolean with a default");
  if ((parameter.role == Role::Limit || parameter.role == Role::Start) &&
      parameter.type != ValueType::Integer) {
    say("must be an integer by its role");
  }
}

void normalise_default(Parameter& parameter, Mistakes& mistakes) {
  if (parameter.default_value.empty()) return;
  std::vector<char> storage;
  Arena arena(storage, parameter.default_value.size());
  std::vector<std::string_view> words;
  std::string canonical;
  std::optional<RequestError> bad;
  if (is_list(parameter)) {
    bad = read_list(parameter, parameter.default_value, false, arena, words);
    append_list(canonical, words);
  } else {
    bad = append_scalar(parameter, parameter.default_value, canonical);
  }
  if (bad) mistakes.push_back("bad default: " + bad->message);
  parameter.default_value = canonical;
}

// A page is known by one number for its first row and one for its length, and cut out of an array.
void check_pages(const Endpoint& endpoint, Mistakes& mistakes) {
  if (!endpoint.pages) return;
  const auto* start = parameter_of(endpoint, Role::Start);
  const auto* limit = parameter_of(endpoint, Role::Limit);
  const bool is_list = endpoint.mode == CacheMode::Whole &&
                       endpoint.data_shape == DataShape::Array && !endpoint.open_parameters;
  if (!is_list || start == nullptr || start->default_value != "1" || limit == nullptr ||
      limit->maximum == 0) {
    mistakes.emplace_back(
        "pages needs a whole answer that is an array, a start that is 1 by default and a limit "
        "with a maximum");
  }
}

// A default that depends on another parameter is judged when that was read: it comes first.
void check_default_beside(const Endpoint& endpoint, Mistakes& mistakes) {
  for (const auto& parameter : endpoint.parameters) {
    const auto& beside = parameter.default_beside;
    if (beside.empty()) continue;
    const auto it = std::ranges::find(endpoint.parameters, beside, &Parameter::name);
    if (it == endpoint.parameters.end() || it->default_value.empty() || beside >= parameter.name) {
      mistakes.push_back(
          fmt::format("\"{}\" stands beside \"{}\", which has no default or comes later",
                      parameter.name,
                      beside));
    }
  }
}

}  // namespace

bool is_name(std::string_view text, std::string_view more) noexcept {
  return !text.empty() && std::ranges::all_of(text, [more](char c) {
    return is_alphanumeric(c) || more.find(c) != std::string_view::npos;
  });
}

std::vector<std::string> normalise(Parameter& parameter) {
  Mistakes mistakes;
  const auto say = [&](std::string_view what) {
    mistakes.push_back(fmt::format("\"{}\" {}", parameter.name, what));
  };
  const bool is_enum = parameter.type == ValueType::Enum || parameter.type == ValueType::EnumList;
  if (!is_name(parameter.name)) say("cannot name a parameter");
  if (is_enum && (parameter.values.empty() || parameter.values.size() > kMaxValues)) {
    say("must have 1 to 64 values");
    return mistakes;
  }
  if (parameter.type == ValueType::EnumList) std::ranges::sort(parameter.values);
  if (parameter.type == ValueType::Pattern && parameter.characters.empty()) {
    say("has no characters");
  }
  if (parameter.minimum < 0 || parameter.maximum < 0) say("must have bounds of 0 or more");
  parameter.accepts = spread(parameter.characters);
  check_role(parameter, mistakes);
  normalise_default(parameter, mistakes);
  return mistakes;
}

std::vector<std::string> normalise(Endpoint& endpoint) {
  Mistakes mistakes;
  auto& parameters = endpoint.parameters;
  std::ranges::sort(parameters, {}, &Parameter::name);
  const auto same = std::ranges::adjacent_find(parameters, {}, &Parameter::name);
  if (same != parameters.end()) {
    mistakes.push_back(fmt::format("parameter \"{}\" stands there twice", same->name));
  }
  if (parameters.size() > kMaxParameters) mistakes.emplace_back("too many parameters");
  for (const auto& name : endpoint.one_of) {
    const auto it = std::ranges::find(parameters, name, &Parameter::name);
    if (it == parameters.end()) {
      mistakes.push_back(fmt::format("one_of names \"{}\", which is no parameter", name));
    } else {
      it->alternative = true;
    }
  }
  // A request must name its assets in one way: of a second, the keys would know nothing.
  for (const auto& parameter : parameters) {
    if (endpoint.mode != CacheMode::Assets || parameter.alternative) continue;
    if (names_assets(parameter)) {
      mistakes.push_back(fmt::format("\"{}\" must be in one_of", parameter.name));
    }
  }
  if (endpoint.mode == CacheMode::Assets && endpoint.one_of.empty()) {
    mistakes.emplace_back("an endpoint cached by assets needs one_of");
  }
  check_pages(endpoint, mistakes);
  check_default_beside(endpoint, mistakes);
  if (endpoint.batch == 0) mistakes.emplace_back("batch must be 1 or more");
  if (!is_name(endpoint.name, "._")) {
    mistakes.emplace_back("name must be a word such as \"v2.quotes\"");
  }
  if (!endpoint.path.starts_with("/v") || !is_name(endpoint.path, "/-_")) {
    mistakes.emplace_back("path must be the provider's, such as \"/v2/cryptocurrency/info\"");
  }
  return mistakes;
}

}  // namespace quotecached::catalog
