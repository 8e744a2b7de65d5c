// Where a memcached server is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace quotecached::cache {

struct MemcachedAddress {
  std::string host;
  std::uint16_t port = 11211;
  std::string unix_path;  // empty: TCP
};

// "host", "host:port", "[::1]:11211", "unix:/path" or "/path". Fails with Invalid.
Result<MemcachedAddress> parse_memcached_address(std::string_view text);

}  // namespace quotecached::cache
