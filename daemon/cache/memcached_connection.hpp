// A connection to one memcached server: whole commands and their replies.
//
// Blocks. Used by one thread at a time. After a failure it is of no use any more.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/types.hpp"
#include "cache/memcached_address.hpp"
#include "cache/memcached_replies.hpp"
#include "cache/memcached_socket.hpp"

namespace quotecached::cache {

// A value to be stored, in place of the one that the server knows by `cas`; none: where there is
// none yet.
struct MemcachedOffer {
  std::string_view key;
  std::string_view bytes;
  std::chrono::seconds ttl;
  std::optional<std::uint64_t> cas;
};

class MemcachedConnection {
 public:
  MemcachedConnection(std::chrono::milliseconds timeout, Bytes max_value)
      : timeout_(timeout), replies_(max_value) {}

  Result<void> connect(const MemcachedAddress& address) {
    return socket_.connect(address, timeout_);
  }
  // May be used for another command.
  [[nodiscard]] bool is_quiet() { return replies_.is_empty() && socket_.is_quiet(); }

  // Calls `take` with each value found, in the server's order.
  using Take = std::function<void(MemcachedHeld held)>;
  Result<void> get(const std::vector<std::string>& keys, const Take& take);
  Result<StoreReply> store(const MemcachedOffer& offer);
  Result<void> remove(std::string_view key);

 private:
  // As long as it takes, while something comes, at most so many times what one wait may last.
  static constexpr int kMostWaits = 10;

  void begin() { end_ = std::chrono::steady_clock::now() + kMostWaits * timeout_; }
  template <class T>
  Result<T> await(Result<std::optional<T>> (MemcachedReplies::*take)());
  Result<void> get_some(const std::vector<std::string>& keys, std::string line, const Take& take);

  std::chrono::milliseconds timeout_;
  std::chrono::steady_clock::time_point end_;  // of the command in hand
  MemcachedSocket socket_;
  MemcachedReplies replies_;
};

}  // namespace quotecached::cache
