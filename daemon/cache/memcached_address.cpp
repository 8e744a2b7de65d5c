#include "cache/memcached_address.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace quotecached::cache {

Result<MemcachedAddress> parse_memcached_address(std::string_view text) {
  MemcachedAddress address;
  if (text.starts_with("unix:")) text.remove_prefix(5);
  if (text.starts_with('/')) {
    address.unix_path = std::string(text.substr(text.starts_with("//") ? 2 : 0));
    if (!address.unix_path.starts_with('/')) {
      return fail(ErrorCode::Invalid, "expected an absolute socket path");
    }
    return address;
  }
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return fail(ErrorCode::Invalid, "no ] after the address");
    address.host = std::string(text.substr(1, close - 1));
    rest = text.substr(close + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    address.host = std::string(text.substr(0, colon));
    rest = text.substr(colon);
  }
  if (address.host.empty()) return fail(ErrorCode::Invalid, "no host");
  if (rest.empty()) return address;
  if (rest.front() != ':') return fail(ErrorCode::Invalid, "expected a port");
  rest.remove_prefix(1);
  const char* end = rest.data() + rest.size();
  const auto [stop, error] = std::from_chars(rest.data(), end, address.port);
  if (error != std::errc() || stop != end || address.port == 0) {
    return fail(ErrorCode::Invalid, "bad port");
  }
  return address;
}

}  // namespace quotecached::cache
