// A socket to one memcached server with blocking calls, each with its own time limit.
//
// Used by one thread at a time. After any failure the socket is closed.
#pragma once

#include <array>
#include <chrono>
#include <string_view>
#include <vector>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>

#include "base/result.hpp"
#include "cache/memcached_address.hpp"

namespace quotecached::cache {

class MemcachedSocket {
 public:
  MemcachedSocket() : socket_(loop_) {}

  // All fail with Timeout or Unavailable.
  Result<void> connect(const MemcachedAddress& address, std::chrono::milliseconds limit);
  Result<void> send(std::string_view bytes, std::chrono::milliseconds limit);
  // What has come, at least one byte; good until the next call.
  Result<std::string_view> receive(std::chrono::milliseconds limit);

  // Open, with nothing to read: a server that has not been asked has nothing to say.
  [[nodiscard]] bool is_quiet();

 private:
  using Protocol = boost::asio::generic::stream_protocol;

  static Result<std::vector<Protocol::endpoint>> resolve(const MemcachedAddress& address,
                                                         boost::asio::io_context& loop);
  Result<void> finish(const boost::system::error_code& error, std::chrono::milliseconds limit);

  boost::asio::io_context loop_{1};
  Protocol::socket socket_;
  std::array<char, 65536> buffer_{};
};

}  // namespace quotecached::cache
