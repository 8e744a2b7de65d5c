// One memcached server, spoken to with blocking calls on whichever thread makes them.
//
// Each call has a connection to itself, from a small pool of idle ones; a connection on which
// anything went wrong is closed, so a late reply is never taken for the answer to a later request.
// Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace quotecached::cache {

// Where a server is: "host", "host:port", "[::1]:11211", "unix:/path" or "/path".
struct MemcachedAddress {
  std::string host;
  std::uint16_t port = 11211;
  std::string unix_path;  // empty: TCP
};
Result<MemcachedAddress> parse_memcached_address(std::string_view text);

class MemcachedServer {
 public:
  struct Options {
    std::chrono::milliseconds timeout{100};  // to connect, and for each wait
    bool is_binary = false;                  // the protocol
  };
  struct Value {
    std::string key;
    std::string bytes;
    std::chrono::seconds ttl;  // > 0
  };
  using Values = std::vector<std::optional<std::string>>;

  MemcachedServer(MemcachedAddress address, Options options);
  ~MemcachedServer();
  MemcachedServer(const MemcachedServer&) = delete;
  MemcachedServer& operator=(const MemcachedServer&) = delete;

  // One value per key, nothing for a miss; one round trip. Keys are at most 250 bytes without
  // blanks and control characters. All fail with Timeout or Unavailable.
  Result<Values> get(const std::vector<std::string>& keys);

  // Returns how many values the server refused as too large. Ends at the first other failure.
  Result<std::size_t> set(const std::vector<Value>& values);

  Result<void> remove(const std::vector<std::string>& keys);

 private:
  class Lease;
  struct ConnectionPool;

  std::unique_ptr<ConnectionPool> pool_;
};

}  // namespace quotecached::cache
