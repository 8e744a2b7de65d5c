#include "redis/link.hpp"

#include <cstddef>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>

namespace quotecached::redis {

using boost::system::error_code;

asio::awaitable<Result<std::shared_ptr<Link>>> Link::connect(asio::any_io_executor loop,
                                                             Protocol::endpoint endpoint,
                                                             Deadline deadline) {
  const auto link = std::make_shared<Link>(loop);
  asio::steady_timer timer(loop, deadline);
  timer.async_wait([link](error_code cancelled) {
    if (!cancelled) link->close();
  });
  error_code error;
  co_await link->socket_.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
  const bool is_late = timer.expiry() <= std::chrono::steady_clock::now();
  timer.cancel();
  if (is_late) co_return fail(ErrorCode::Timeout, "no connection in time");
  if (error) co_return fail(ErrorCode::Unavailable, error.message());
  // Fails on a Unix socket, which does not wait for more to send anyway.
  link->socket_.set_option(asio::ip::tcp::no_delay(true), error);
  co_return link;
}

void Link::start(Handlers handlers) {
  handlers_ = std::move(handlers);
  read();
}

void Link::send(std::string_view bytes) {
  queued_ += bytes;
  if (outgoing_.empty()) write();
}

void Link::close() {
  handlers_ = {};
  error_code ignored;
  socket_.close(ignored);
}

void Link::read() {
  socket_.async_read_some(asio::buffer(incoming_),
                          [self = shared_from_this()](error_code error, std::size_t size) {
                            if (!self->handlers_.on_bytes) return;
                            if (error) return self->lose(error.message());
                            // A copy: the handler may close the link.
                            const auto on_bytes = self->handlers_.on_bytes;
                            on_bytes(std::string_view(self->incoming_.data(), size));
                            if (self->handlers_.on_bytes) self->read();
                          });
}

void Link::write() {
  outgoing_.swap(queued_);
  asio::async_write(
      socket_, asio::buffer(outgoing_), [self = shared_from_this()](error_code error, std::size_t) {
        self->outgoing_.clear();
        if (!self->handlers_.on_lost) return;
        if (error) return self->lose(error.message());
        if (!self->queued_.empty()) self->write();
      });
}

void Link::lose(const std::string& why) {
  const auto on_lost = std::move(handlers_.on_lost);
  close();
  on_lost(why);
}

}  // namespace quotecached::redis
