#include "cache/memcached_socket.hpp"

#include <cerrno>
#include <cstddef>
#include <string>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <sys/socket.h>

namespace quotecached::cache {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// What an operation has for an outcome while it runs.
const error_code kRunning = asio::error::would_block;

}  // namespace

// Runs the operation that sets `error` when it ends, and cuts it off when that takes too long.
Result<void> MemcachedSocket::finish(const error_code& error, std::chrono::milliseconds limit) {
  loop_.restart();
  loop_.run_for(limit);
  if (!error) return {};
  const bool is_late = error == kRunning;
  const std::string why = is_late ? "no answer in time" : error.message();
  error_code ignored;
  socket_.close(ignored);
  loop_.restart();
  loop_.run();  // the operation refers to what is about to go
  return fail(is_late ? ErrorCode::Timeout : ErrorCode::Unavailable, why);
}

Result<std::vector<MemcachedSocket::Protocol::endpoint>> MemcachedSocket::resolve(
    const MemcachedAddress& address, asio::io_context& loop) {
  std::vector<Protocol::endpoint> endpoints;
  if (!address.unix_path.empty()) {
    try {
      endpoints.emplace_back(asio::local::stream_protocol::endpoint(address.unix_path));
    } catch (const boost::system::system_error& e) {  // longer than a socket address may be
      return fail(ErrorCode::Unavailable, e.what());
    }
    return endpoints;
  }
  asio::ip::tcp::resolver resolver(loop);
  error_code error;
  const auto found = resolver.resolve(address.host, std::to_string(address.port), error);
  if (error) return fail(ErrorCode::Unavailable, "resolve: " + error.message());
  for (const auto& each : found) endpoints.emplace_back(each.endpoint());
  return endpoints;
}

Result<void> MemcachedSocket::connect(const MemcachedAddress& address,
                                      std::chrono::milliseconds limit) {
  const auto endpoints = resolve(address, loop_);
  if (!endpoints) return endpoints.outcome();
  Result<void> connected = fail(ErrorCode::Unavailable, "no address");
  for (const auto& endpoint : *endpoints) {
    error_code error = kRunning;
    socket_.async_connect(endpoint, [&error](error_code end) { error = end; });
    connected = finish(error, limit);
    if (!connected) continue;
    if (address.unix_path.empty()) socket_.set_option(asio::ip::tcp::no_delay(true), error);
    return connected;
  }
  return connected;
}

Result<void> MemcachedSocket::send(std::string_view bytes, std::chrono::milliseconds limit) {
  error_code error = kRunning;
  asio::async_write(
      socket_, asio::buffer(bytes), [&error](error_code end, std::size_t) { error = end; });
  return finish(error, limit);
}

Result<std::string_view> MemcachedSocket::receive(std::chrono::milliseconds limit) {
  error_code error = kRunning;
  std::size_t size = 0;
  socket_.async_read_some(asio::buffer(buffer_), [&](error_code end, std::size_t received) {
    error = end;
    size = received;
  });
  auto finished = finish(error, limit);
  if (!finished) return std::move(finished).failure();
  return std::string_view(buffer_.data(), size);
}

bool MemcachedSocket::is_quiet() {
  if (!socket_.is_open()) return false;
  char byte = 0;
  const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && errno == EAGAIN;
}

}  // namespace quotecached::cache
