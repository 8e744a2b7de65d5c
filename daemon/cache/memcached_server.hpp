// One memcached server, spoken to with blocking calls on whichever thread makes them.
//
// Each call has a connection to itself, from a small pool of idle ones; a connection on which
// anything went wrong is closed, so a late reply is never taken for the answer to a later request.
// Thread-safe.
//
// The replies are read here and not by libmemcached (which shares the keys out among servers): what
// a server answers off script makes that library abort, or write past its buffers.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/types.hpp"
#include "cache/memcached_address.hpp"

namespace quotecached::cache {

class MemcachedServer {
 public:
  struct Options {
    std::chrono::milliseconds timeout{100};  // to connect, and for each wait
    Bytes max_value = mebibytes(16);         // a server that sends a larger one is not believed
  };
  struct Value {
    std::string key;
    std::string bytes;         // an entry's stored form
    std::chrono::seconds ttl;  // > 0
    TimePoint fetched_at;
  };
  using Values = std::vector<std::optional<std::string>>;

  MemcachedServer(MemcachedAddress address, Options options);
  ~MemcachedServer();
  MemcachedServer(const MemcachedServer&) = delete;
  MemcachedServer& operator=(const MemcachedServer&) = delete;

  // One value per key, nothing for a miss. Keys are at most 250 bytes without blanks and control
  // characters. All fail with Timeout or Unavailable.
  Result<Values> get(const std::vector<std::string>& keys);

  // Compares and sets: a value stays that is younger than the one offered (see which_wins.hpp), and
  // so does one that others keep replacing meanwhile. Returns how many values the server refused as
  // too large. Ends at the first other failure.
  Result<std::size_t> store(const std::vector<Value>& values, TimePoint now);

  Result<void> remove(const std::vector<std::string>& keys);

 private:
  struct ConnectionPool;

  std::unique_ptr<ConnectionPool> pool_;
};

}  // namespace quotecached::cache
