#include "load/canned_upstream.hpp"

#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include "load/canned_answer.hpp"

namespace quotecached::load {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t kLongestRequest = 64 * 1024;
constexpr std::string_view kRequestEnd = "\r\n\r\n";
constexpr std::string_view kAccount = "/v1/key/";

// A call that fails is the daemon's to notice; what is thrown is a defect.
void rethrow(const std::exception_ptr& error) {
  if (error) std::rethrow_exception(error);
}

// "GET /target HTTP/1.1 ...": empty when it is none.
std::string_view target_in(std::string_view request) {
  const auto begin = request.find(' ');
  if (begin == std::string_view::npos) return {};
  const auto end = request.find(' ', begin + 1);
  return end == std::string_view::npos ? std::string_view()
                                       : request.substr(begin + 1, end - begin - 1);
}

std::string spelled_out(const CannedAnswer& answer) {
  return fmt::format(
             "HTTP/1.1 {} {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
             answer.status,
             answer.status == 200 ? "OK" : "Bad Request",
             answer.body.size()) +
         answer.body;
}

asio::awaitable<void> serve_calls(tcp::socket socket, std::atomic<std::int64_t>& calls) {
  std::string received;
  boost::system::error_code error;
  while (true) {
    auto buffer = asio::dynamic_buffer(received, kLongestRequest);
    const auto size = co_await asio::async_read_until(
        socket, buffer, kRequestEnd, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    const std::string target(target_in(std::string_view(received).substr(0, size)));
    received.erase(0, size);
    const std::string answer = spelled_out(canned_answer(target));
    if (!target.starts_with(kAccount)) ++calls;
    co_await asio::async_write(
        socket, asio::buffer(answer), asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
  }
}

asio::awaitable<void> accept_calls(tcp::acceptor& acceptor, std::atomic<std::int64_t>& calls) {
  boost::system::error_code error;
  while (true) {
    tcp::socket socket =
        co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const auto loop = acceptor.get_executor();
    asio::co_spawn(loop, serve_calls(std::move(socket), calls), rethrow);
  }
}

}  // namespace

struct CannedUpstream::Loop {
  asio::io_context context{1};
  tcp::acceptor acceptor{context};
};

CannedUpstream::CannedUpstream() : loop_(std::make_unique<Loop>()) {}
CannedUpstream::~CannedUpstream() { die(); }

Result<std::unique_ptr<CannedUpstream>> CannedUpstream::start() {
  std::unique_ptr<CannedUpstream> self(new CannedUpstream());
  auto& acceptor = self->loop_->acceptor;
  const tcp::endpoint any(asio::ip::address_v4::loopback(), 0);
  boost::system::error_code error;
  acceptor.open(any.protocol(), error);
  if (!error) acceptor.bind(any, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return fail(ErrorCode::Unavailable, "listen: " + error.message());
  self->port_ = acceptor.local_endpoint(error).port();
  asio::co_spawn(self->loop_->context, accept_calls(acceptor, self->calls_), rethrow);
  self->thread_ = std::thread([loop = self->loop_.get()] { loop->context.run(); });
  return self;
}

void CannedUpstream::die() {
  if (!loop_) return;
  loop_->context.stop();
  if (thread_.joinable()) thread_.join();
  loop_.reset();
}

}  // namespace quotecached::load
