#include "routing/etag.hpp"

#include <algorithm>

#include "coding/coding.hpp"

namespace quotecached::routing {
namespace {

std::string_view opaque(std::string_view tag) {
  return tag.starts_with("W/") ? tag.substr(2) : tag;
}

void skip_separators(std::string_view& list) {
  const auto at = list.find_first_not_of(" \t,");
  list.remove_prefix(at == std::string_view::npos ? list.size() : at);
}

// Takes the next quoted tag off the list, quotes included; empty at the end or at a mistake.
std::string_view take_tag(std::string_view& list) {
  skip_separators(list);
  if (list.starts_with("W/")) list.remove_prefix(2);
  if (!list.starts_with('"')) return {};
  const auto end = list.find('"', 1);
  if (end == std::string_view::npos) return {};
  const auto tag = list.substr(0, end + 1);
  list.remove_prefix(end + 1);
  return tag;
}

// Is `one` that tag with the name of a coding behind it: `"0123-gzip"`? Both with their quotes.
bool is_coded(std::string_view one, std::string_view plain) {
  const auto begin = plain.substr(0, plain.size() - 1);
  if (!one.starts_with(begin)) return false;
  const auto rest = one.substr(begin.size(), one.size() - begin.size() - 1);
  return rest.starts_with('-') && std::ranges::any_of(coding::kPreferred, [rest](auto coding) {
           return rest.substr(1) == coding::name_of(coding);
         });
}

}  // namespace

ETag::ETag(std::uint64_t hash) noexcept : text_{'W', '/', '"'} {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (std::size_t i = 0; i < 16; ++i) text_[3 + i] = kDigits[(hash >> (60 - 4 * i)) & 0xf];
  text_[19] = '"';
}

bool matches(std::string_view if_none_match, std::string_view tag) noexcept {
  auto list = if_none_match;
  skip_separators(list);
  if (list == "*") return true;
  for (;;) {
    const auto one = take_tag(list);
    if (one.empty()) return false;
    if (one == opaque(tag) || is_coded(one, opaque(tag))) return true;
  }
}

}  // namespace quotecached::routing
