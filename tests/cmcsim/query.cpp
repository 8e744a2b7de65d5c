#include "query.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_set>

namespace cmcsim {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size();
    const int high = escape ? hex_digit(text[i + 1]) : -1;
    const int low = escape ? hex_digit(text[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      decoded.push_back(text[i] == '+' ? ' ' : text[i]);
    }
  }
  return decoded;
}

}  // namespace

void Query::add(std::string name, std::string value) {
  params_.emplace_back(std::move(name), std::move(value));
}

std::optional<std::string> Query::take(std::string_view name) {
  const auto found = std::ranges::find(params_, name, &std::pair<std::string, std::string>::first);
  if (found == params_.end()) return std::nullopt;
  std::string value = std::move(found->second);
  params_.erase(found);
  return value;
}

std::optional<std::string_view> Query::find(std::string_view name) const {
  for (const auto& [key, value] : params_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string_view Query::text_or(std::string_view name, std::string_view other) const {
  return find(name).value_or(other);
}

double Query::number_or(std::string_view name, double other) const {
  if (const auto text = find(name)) {
    std::from_chars(text->data(), text->data() + text->size(), other);
  }
  return other;
}

bool Query::flag_or(std::string_view name, bool other) const {
  const auto text = find(name);
  return text ? *text == "true" : other;
}

Target parse_target(std::string_view target) {
  Target parsed;
  const auto mark = target.find('?');
  parsed.path = decode(target.substr(0, mark));
  if (mark == std::string_view::npos) return parsed;
  auto rest = target.substr(mark + 1);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = pair.substr(std::min(equals + 1, pair.size()));
    parsed.query.add(decode(pair.substr(0, equals)), decode(value));
  }
  return parsed;
}

std::vector<std::string> split_list(std::string_view list) {
  std::vector<std::string> items;
  std::unordered_set<std::string_view> seen;
  while (!list.empty()) {
    const auto item = list.substr(0, list.find(','));
    list.remove_prefix(std::min(item.size() + 1, list.size()));
    if (!item.empty() && seen.insert(item).second) items.emplace_back(item);
  }
  return items;
}

}  // namespace cmcsim
