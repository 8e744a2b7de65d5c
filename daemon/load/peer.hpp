// One connection of a load test: a request out, an answer in, over and over.
//
// Used on one loop only. What it waits for fails once it is closed.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/result.hpp"
#include "load/answer_head.hpp"

namespace quotecached::load {

namespace asio = boost::asio;
using Steady = std::chrono::steady_clock;

// Whom to load, and as whom.
struct Endpoint {
  asio::ip::tcp::endpoint address;
  std::string host;   // of the field Host
  std::string token;  // empty: none is shown
};

class Peer {
 public:
  Peer(const asio::any_io_executor& loop, Endpoint to);
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // Anew, when it was connected. Fails with Unavailable.
  asio::awaitable<Result<void>> connect();
  [[nodiscard]] bool is_connected() const noexcept { return is_connected_; }

  // What exchange() is to ask.
  void prepare(std::string_view target);
  // Fails with Unavailable or Invalid; it is not connected then. Requires: is_connected().
  asio::awaitable<Result<AnswerHead>> exchange();
  // The same, with the body. Fails with Exhausted when that is larger than `most`.
  asio::awaitable<Result<std::string>> fetch(std::string target, std::size_t most);

  // Ends early when wake() or close() is called.
  asio::awaitable<void> wait_until(Steady::time_point due);
  void wake();
  void close();

 private:
  asio::awaitable<Result<void>> send();
  asio::awaitable<Result<AnswerHead>> receive(std::string* body);
  tl::unexpected<Error> broken(const boost::system::error_code& error);

  Endpoint to_;
  asio::ip::tcp::socket socket_;
  asio::steady_timer timer_;
  std::string fields_;  // of each request, behind the target
  std::string request_;
  std::vector<char> buffer_;
  bool is_connected_ = false;
  bool is_closed_ = false;
};

}  // namespace quotecached::load
