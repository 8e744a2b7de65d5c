#include "catalog/forward.hpp"

#include <algorithm>
#include <string>

#include "base/ascii.hpp"
#include "catalog/value.hpp"

namespace quotecached::catalog {

namespace {

bool is_sendable(char c) noexcept { return is_visible(c) && c != '\\' && c != '#'; }

// May this byte stand escaped in a path? Not if it needs no escape, nor if it could climb or end a
// segment once somebody undoes the escape.
bool may_be_escaped(int byte) noexcept {
  if (byte < 0x20 || byte == 0x7f) return false;
  const auto c = static_cast<char>(byte);
  return !is_alphanumeric(c) && std::string_view("-._~/\\%").find(c) == std::string::npos;
}

bool escapes_are_sound(std::string_view path) noexcept {
  for (auto at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 1)) {
    if (at + 2 >= path.size()) return false;
    const int high = hex_value(path[at + 1]);
    const int low = hex_value(path[at + 2]);
    if (high < 0 || low < 0 || !may_be_escaped(high * 16 + low)) return false;
  }
  return true;
}

bool has_odd_segment(std::string_view path) noexcept {
  for (std::size_t begin = 1; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto segment = path.substr(begin, end - begin);
    const bool is_last = end == path.size();
    if (segment == "." || segment == ".." || (segment.empty() && !is_last)) return true;
    begin = end + 1;
  }
  return false;
}

// "/v1/..." or "/public-api/..."
bool is_providers(std::string_view path) noexcept {
  if (path.starts_with("/public-api/"))
    return path.size() > std::string_view("/public-api/").size();
  if (!path.starts_with("/v")) return false;
  const auto rest = path.substr(2);
  const auto digits = std::min(rest.find('/'), rest.size());
  return digits > 0 && rest.size() > digits + 1 &&
         std::ranges::all_of(rest.substr(0, digits), is_digit);
}

// The catalogued path that `path` is another spelling of: in other letters, with a slash too many.
const Endpoint* near_miss(const Catalogue& catalogue, std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  std::string plain(path);
  std::ranges::transform(plain, plain.begin(), to_lower);
  return catalogue.find(plain);
}

std::optional<RequestError> check_path(const Catalogue& catalogue, std::string_view path) {
  if (!path.starts_with('/')) return refuse("The request target must be a path");
  if (!std::ranges::all_of(path, is_sendable) || !escapes_are_sound(path) ||
      has_odd_segment(path)) {
    return refuse("The request target is not a plain path");
  }
  if (const auto* meant = near_miss(catalogue, path)) {
    return RequestError{404, 404, "Not Found: the path is spelled " + meant->path};
  }
  if (!is_providers(path)) return RequestError{404, 404, "Not Found"};
  return std::nullopt;
}

// Appends the query without credentials.
std::optional<RequestError> copy_query(const Catalogue& catalogue,
                                       std::string_view query,
                                       Arena& arena,
                                       Request& out) {
  std::optional<RequestError> refusal;
  if (!std::ranges::all_of(query, is_sendable)) refusal = refuse("The query is not plain ASCII");
  char separator = '?';
  for (Pair pair; next_pair(query, pair);) {
    const auto name = decode(pair.name, arena);
    if (!name) {
      refusal = refuse("Invalid escape in " + quoted(pair.name));
    } else if (catalogue.is_credential(*name)) {
      out.credential = decode(pair.value, arena).value_or(std::string_view{});
    } else {
      out.forward_target.append(1, separator).append(pair.name);
      const bool has_equals = pair.name.data() + pair.name.size() != pair.value.data();
      if (has_equals) out.forward_target.append("=").append(pair.value);
      separator = '&';
    }
  }
  return refusal;
}

}  // namespace

std::optional<RequestError> read_forward(const Catalogue& catalogue,
                                         std::string_view path,
                                         std::string_view query,
                                         Arena& arena,
                                         Request& out) {
  out.forward_target = path;
  auto bad_query = copy_query(catalogue, query, arena, out);
  auto bad_path = check_path(catalogue, path);
  return bad_path ? bad_path : bad_query;
}

}  // namespace quotecached::catalog
