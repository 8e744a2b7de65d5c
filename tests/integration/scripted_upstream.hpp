// An upstream that says what a test tells it to, on the test's own loop.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

namespace quotecached::test {

namespace asio = boost::asio;

struct Reply {
  unsigned http_status = 200;
  std::string body;
  std::chrono::milliseconds delay{0};
  std::string headers = {};  // further lines
};

class ScriptedUpstream {
 public:
  using Script = std::function<Reply(const std::string& target)>;

  ScriptedUpstream(asio::io_context& loop, Script script)
      : loop_(loop),
        acceptor_(loop, {asio::ip::address_v4::loopback(), 0}),
        script_(std::move(script)) {
    asio::co_spawn(loop_, accept(), asio::detached);
  }

  [[nodiscard]] std::string url() const {
    return fmt::format("http://127.0.0.1:{}", acceptor_.local_endpoint().port());
  }
  [[nodiscard]] const std::vector<std::string>& calls() const { return calls_; }
  [[nodiscard]] const std::vector<std::string>& heads() const { return heads_; }

 private:
  asio::awaitable<void> accept() {
    while (true) {
      auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
      asio::co_spawn(loop_, serve(std::move(socket)), asio::detached);
    }
  }

  asio::awaitable<void> serve(asio::ip::tcp::socket socket) {
    std::string input;
    auto buffer = asio::dynamic_buffer(input);
    (void)co_await asio::async_read_until(socket, buffer, "\r\n\r\n", asio::use_awaitable);
    heads_.push_back(input);
    const auto begin = input.find(' ') + 1;
    calls_.push_back(input.substr(begin, input.find(' ', begin) - begin));
    const Reply reply = script_(calls_.back());
    asio::steady_timer timer(loop_, reply.delay);
    co_await timer.async_wait(asio::use_awaitable);
    const auto text = fmt::format(
        "HTTP/1.1 {} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
        "Connection: close\r\n{}\r\n{}",
        reply.http_status,
        reply.body.size(),
        reply.headers,
        reply.body);
    (void)co_await asio::async_write(socket, asio::buffer(text), asio::use_awaitable);
  }

  asio::io_context& loop_;
  asio::ip::tcp::acceptor acceptor_;
  Script script_;
  std::vector<std::string> calls_;
  std::vector<std::string> heads_;
};

}  // namespace quotecached::test
