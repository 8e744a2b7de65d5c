#include "delivery.hpp"

#include <atomic>
#include <cerrno>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/status.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

#include "gzip.hpp"

namespace cmcsim {

namespace {

constexpr std::size_t kGzipFrom = 1024;

bool peer_has_closed(TcpStream& tcp) {
  char byte = 0;
  const auto got = ::recv(tcp.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

std::uint64_t next_request_id() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

WireReply wire_reply(SimReply& reply, ReplyForm form) {
  WireReply wire;
  const bool packed = form.may_gzip && reply.body.size() > kGzipFrom;
  wire.body = packed ? gzip(reply.body) : std::move(reply.body);
  const auto reason = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(reply.status)));
  wire.head = fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n",
                          reply.status,
                          std::string_view(reason.data(), reason.size()),
                          reply.content_type,
                          wire.body.size());
  wire.head += "Vary: Accept-Encoding\r\n";
  // The second is one of those that are meant for clients, and tells which answer it came with.
  wire.head +=
      fmt::format("X-Request-Id: sim-{0}\r\nX-RateLimit-Limit: sim-{0}\r\n", next_request_id());
  if (packed) wire.head += "Content-Encoding: gzip\r\n";
  wire.head += form.keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  if (form.is_head) wire.body.clear();
  return wire;
}

asio::awaitable<void> pause(std::chrono::microseconds duration) {
  if (duration.count() <= 0) co_return;
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> hang(TcpStream* tcp, const Simulator* simulator) {
  constexpr std::chrono::milliseconds look_again(20);
  const auto clearings = simulator->fault_clearings();
  while (simulator->fault_clearings() == clearings && !peer_has_closed(*tcp)) {
    co_await pause(look_again);
  }
}

void reset(TcpStream& tcp) {
  boost::system::error_code ignored;  // Already closed is as good.
  tcp.socket().set_option(asio::socket_base::linger(true, 0), ignored);
  tcp.socket().close(ignored);
}

}  // namespace cmcsim
