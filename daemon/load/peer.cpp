#include "load/peer.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

namespace quotecached::load {
namespace {

constexpr std::size_t kPeerBuffer = kLongestHead + 1024;

std::string fields_for(const Endpoint& to) {
  auto fields = fmt::format(
      " HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\nUser-Agent: quotecached-bench\r\n",
      to.host);
  if (!to.token.empty()) fields += fmt::format("X-CMC_PRO_API_KEY: {}\r\n", to.token);
  return fields + "\r\n";
}

}  // namespace

Peer::Peer(const asio::any_io_executor& loop, Endpoint to)
    : to_(std::move(to)),
      socket_(loop),
      timer_(loop),
      fields_(fields_for(to_)),
      buffer_(kPeerBuffer) {}

asio::awaitable<Result<void>> Peer::connect() {
  boost::system::error_code error;
  socket_.close(error);
  is_connected_ = false;
  if (is_closed_) co_return fail(ErrorCode::Unavailable, "closed");
  co_await socket_.async_connect(to_.address, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return broken(error);
  socket_.set_option(asio::ip::tcp::no_delay(true), error);
  socket_.non_blocking(true, error);
  if (error) co_return broken(error);
  is_connected_ = true;
  co_return Result<void>();
}

void Peer::prepare(std::string_view target) {
  request_.assign("GET ");
  request_.append(target).append(fields_);
}

asio::awaitable<Result<AnswerHead>> Peer::exchange() {
  auto sent = co_await send();
  if (!sent) co_return std::move(sent).failure();
  co_return co_await receive(nullptr);
}

asio::awaitable<Result<std::string>> Peer::fetch(std::string target, std::size_t most) {
  prepare(target);
  auto sent = co_await send();
  if (!sent) co_return std::move(sent).failure();
  std::string body;
  auto head = co_await receive(&body);
  if (!head) co_return std::move(head).failure();
  if (body.size() > most) co_return fail(ErrorCode::Exhausted, "the answer is too large");
  if (head->status != 200)
    co_return fail(ErrorCode::Unavailable, fmt::format("answered {}", head->status));
  co_return body;
}

asio::awaitable<Result<void>> Peer::send() {
  boost::system::error_code error;
  auto sent = socket_.write_some(asio::buffer(request_), error);
  if (error == asio::error::would_block) {
    sent = 0;
    error.clear();
  }
  if (!error && sent < request_.size())
    co_await asio::async_write(
        socket_, asio::buffer(request_) + sent, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return broken(error);
  co_return Result<void>();
}

asio::awaitable<Result<AnswerHead>> Peer::receive(std::string* body) {
  boost::system::error_code error;
  std::size_t filled = 0;  // bytes of the head, and what came with it
  std::optional<AnswerHead> head;
  while (!head) {
    const auto room = asio::buffer(buffer_) + filled;
    filled +=
        co_await socket_.async_read_some(room, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return broken(error);
    auto parsed = parse_head({buffer_.data(), filled});
    if (!parsed) {
      is_connected_ = false;
      co_return std::move(parsed).failure();
    }
    head = *parsed;
  }
  auto got = filled - head->head_bytes;
  if (body) body->assign(buffer_.data() + head->head_bytes, got);
  while (got < head->body_bytes) {
    const auto more = co_await socket_.async_read_some(
        asio::buffer(buffer_), asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return broken(error);
    if (body) body->append(buffer_.data(), more);
    got += more;
  }
  if (!head->stays_open) is_connected_ = false;
  co_return *head;
}

tl::unexpected<Error> Peer::broken(const boost::system::error_code& error) {
  is_connected_ = false;
  return fail(ErrorCode::Unavailable, error.message());
}

asio::awaitable<void> Peer::wait_until(Steady::time_point due) {
  if (is_closed_) co_return;
  boost::system::error_code ignored;  // woken early is as good
  timer_.expires_at(due);
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

void Peer::wake() { timer_.cancel(); }

void Peer::close() {
  is_closed_ = true;
  is_connected_ = false;
  boost::system::error_code ignored;
  socket_.close(ignored);
  timer_.cancel();
}

}  // namespace quotecached::load
