#include "catalog/whole_ask.hpp"

#include <algorithm>
#include <charconv>

#include "catalog/query.hpp"

namespace quotecached::catalog {
namespace {

std::size_t number_in(std::string_view text, std::size_t otherwise) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : otherwise;
}

void name_assets(WholeAsk& ask, KeyKind kind, std::string_view list) {
  ask.kind = kind;
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    if (end > 0) ask.assets.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

void take_parameter(WholeAsk& ask, const Parameter& parameter, std::string_view value) {
  // Assets that are named in addition to what is asked for leave out the others.
  const bool narrows = !parameter.alternative;
  switch (parameter.role) {
    case Role::Ids:
      if (!narrows) return name_assets(ask, KeyKind::Id, value);
      break;
    case Role::Symbols:
      if (!narrows) return name_assets(ask, KeyKind::Symbol, value);
      break;
    case Role::Slugs:
      if (!narrows) return name_assets(ask, KeyKind::Slug, value);
      break;
    case Role::Start: ask.start = number_in(value, 1); return;
    case Role::Limit: ask.limit = number_in(value, 0); return;
    case Role::Convert:
    case Role::ConvertId:
    case Role::View:
    case Role::SkipInvalid: return;
    case Role::Range:
    case Role::Other: break;
  }
  ask.is_narrowed = true;
}

}  // namespace

WholeAsk read_whole_ask(const Endpoint& endpoint, std::string_view query) {
  WholeAsk ask;
  for (const auto& parameter : endpoint.parameters) {
    const bool has_default = !parameter.default_value.empty();
    if (parameter.role == Role::Limit && has_default)
      take_parameter(ask, parameter, parameter.default_value);
  }
  bool has_stranger = false;  // a parameter of which nobody knows what it does
  std::vector<char> storage;
  Arena arena(storage, query.size());
  for (Pair pair; next_pair(query, pair);) {
    const auto known = std::ranges::find(endpoint.parameters, pair.name, &Parameter::name);
    const auto value = decode(pair.value, arena);
    if (known == endpoint.parameters.end() || !value) {
      ask.is_narrowed = has_stranger = true;
    } else {
      take_parameter(ask, *known, *value);
    }
  }
  if (has_stranger) {
    ask.kind = KeyKind::None;
    ask.assets.clear();
  }
  return ask;
}

}  // namespace quotecached::catalog
