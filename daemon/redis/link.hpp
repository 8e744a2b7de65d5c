// One socket to Redis: bytes out in their order, bytes in as they come. Internal to the connection.
//
// Lives as long as its owner or an operation under way knows it. Used on its loop only.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include "base/result.hpp"

namespace quotecached::redis {

namespace asio = boost::asio;

class Link : public std::enable_shared_from_this<Link> {
 public:
  using Protocol = asio::generic::stream_protocol;
  using Deadline = std::chrono::steady_clock::time_point;

  struct Handlers {
    std::function<void(std::string_view)> on_bytes;
    std::function<void(std::string)> on_lost;  // why; once, and nothing after it
  };

  // Fails with Timeout or Unavailable.
  static asio::awaitable<Result<std::shared_ptr<Link>>> connect(asio::any_io_executor loop,
                                                                Protocol::endpoint endpoint,
                                                                Deadline deadline);
  explicit Link(const asio::any_io_executor& loop) : socket_(loop) {}

  // Begins to read. Neither handler is called after close(). Requires: connected, not started.
  void start(Handlers handlers);

  void send(std::string_view bytes);
  void close();

 private:
  void read();
  void write();
  void lose(const std::string& why);

  Protocol::socket socket_;
  Handlers handlers_;  // empty once closed
  std::array<char, 65536> incoming_{};
  std::string outgoing_;  // being written
  std::string queued_;    // to be written after that
};

}  // namespace quotecached::redis
