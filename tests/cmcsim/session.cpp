#include "session.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include "delivery.hpp"
#include "gzip.hpp"

namespace cmcsim {

namespace {

namespace http = boost::beast::http;
namespace ssl = asio::ssl;
using Parser = http::request_parser<http::string_body>;
using Request = http::request<http::string_body>;
using TlsStream = ssl::stream<TcpStream>;

constexpr std::uint32_t kMaxHead = 512U << 10U;
constexpr std::uint64_t kMaxBody = 1U << 20U;
constexpr std::chrono::minutes kIdleLimit(10);
constexpr std::chrono::milliseconds kBeforeReset(20);  // Lets what was sent arrive first.

TcpStream& tcp_of(TcpStream& stream) { return stream; }
TcpStream& tcp_of(TlsStream& stream) { return stream.next_layer(); }

SimRequest request_of(const Request& request, std::uint64_t connection) {
  const auto method = request.method_string();
  const auto target = request.target();
  const auto key = request["X-CMC_PRO_API_KEY"];
  SimRequest sim;
  sim.method.assign(method.data(), method.size());
  sim.target.assign(target.data(), target.size());
  sim.key_header.assign(key.data(), key.size());
  sim.body = request.body();
  sim.connection = connection;
  return sim;
}

template <typename Stream>
asio::awaitable<void> send(Stream* stream, std::string_view bytes) {
  if (bytes.empty()) co_return;
  tcp_of(*stream).expires_after(kIdleLimit);
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  co_await asio::async_write(*stream, buffer, asio::use_awaitable);
}

template <typename Stream>
asio::awaitable<void> send_slowly(Stream* stream, const WireReply* wire, Fault fault) {
  const std::size_t piece = fault.bytes > 0 ? static_cast<std::size_t>(fault.bytes) : 1024;
  co_await send(stream, wire->head);
  for (std::size_t sent = 0; sent < wire->body.size(); sent += piece) {
    co_await pause(std::chrono::milliseconds(fault.milliseconds));
    co_await send(stream, std::string_view(wire->body).substr(sent, piece));
  }
}

// Sends a reply and whatever its faults make of it. False when the connection is done for.
template <typename Stream>
asio::awaitable<bool> send_reply(Stream* stream, const WireReply* wire, const Effects* effects) {
  if (const Fault* fault = effects->find(FaultKind::SlowFirstByte)) {
    co_await pause(std::chrono::milliseconds(fault->milliseconds));
  }
  if (effects->find(FaultKind::ResetAfterHeaders) != nullptr) {
    co_await send(stream, wire->head);
    co_await pause(kBeforeReset);
    reset(tcp_of(*stream));
    co_return false;
  }
  if (effects->find(FaultKind::TruncatedBody) != nullptr) {
    co_await send(stream, wire->head);
    co_await send(stream, std::string_view(wire->body).substr(0, wire->body.size() / 2));
    co_return false;
  }
  if (const Fault* fault = effects->find(FaultKind::SlowBody)) {
    co_await send_slowly(stream, wire, *fault);
  } else {
    tcp_of(*stream).expires_after(kIdleLimit);
    const std::array<asio::const_buffer, 2> parts{asio::buffer(wire->head),
                                                  asio::buffer(wire->body)};
    co_await asio::async_write(*stream, parts, asio::use_awaitable);
  }
  co_return effects->find(FaultKind::CloseKeepalive) == nullptr;
}

// Answers one request; what is pointed to lives in serve_requests, which awaits. False when the
// connection is to be closed.
template <typename Stream>
asio::awaitable<bool> answer_request(Stream* stream,
                                     const Request* request,
                                     const SimRequest* sim,
                                     Simulator* simulator) {
  SimReply reply = simulator->handle(*sim);
  co_await pause(reply.latency);
  const Effects effects = reply.effects;
  if (effects.find(FaultKind::Hang) != nullptr) {
    co_await hang(&tcp_of(*stream), simulator);
    co_return false;
  }
  if (effects.find(FaultKind::ResetBeforeHeaders) != nullptr) {
    reset(tcp_of(*stream));
    co_return false;
  }
  const auto encoding = (*request)[http::field::accept_encoding];
  ReplyForm form;
  form.keep_alive = request->keep_alive();
  form.may_gzip = simulator->gzip() && accepts_gzip({encoding.data(), encoding.size()});
  form.is_head = request->method() == http::verb::head;
  const WireReply wire = wire_reply(reply, form);
  const bool sent_well = co_await send_reply(stream, &wire, &effects);
  co_return sent_well&& form.keep_alive;
}

template <typename Stream>
asio::awaitable<void> refuse(Stream* stream, int status) {
  SimReply reply;
  reply.status = status;
  reply.body = R"({"error":"the request cannot be read"})";
  ReplyForm form;
  form.keep_alive = false;
  const WireReply wire = wire_reply(reply, form);
  co_await send(stream, wire.head);
  co_await send(stream, wire.body);
}

int refusal_for(const boost::system::error_code& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  return 400;
}

template <typename Stream>
asio::awaitable<void> serve_requests(Stream* stream,
                                     Simulator* simulator,
                                     std::uint64_t connection) {
  boost::beast::flat_buffer buffer;
  bool open = true;
  while (open) {
    Parser parser;
    parser.header_limit(kMaxHead);
    parser.body_limit(kMaxBody);
    tcp_of(*stream).expires_after(kIdleLimit);
    const auto [error, bytes] =
        co_await http::async_read(*stream, buffer, parser, asio::as_tuple(asio::use_awaitable));
    const bool unreadable =
        error && error.category() == make_error_code(http::error::bad_method).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message;
    if (unreadable) co_await refuse(stream, refusal_for(error));
    if (error) co_return;
    tcp_of(*stream).expires_never();
    const Request request = parser.release();
    const SimRequest sim = request_of(request, connection);
    open = co_await answer_request(stream, &request, &sim, simulator);
  }
}

// Counts a connection for as long as it is open.
class ConnectionCount {
 public:
  explicit ConnectionCount(ConnectionCounts& counts) : counts_(counts), number_(++counts.accepted) {
    counts_.most_open = std::max(counts_.most_open, ++counts_.open);
  }
  ConnectionCount(const ConnectionCount&) = delete;
  ConnectionCount& operator=(const ConnectionCount&) = delete;
  ~ConnectionCount() { --counts_.open; }

  [[nodiscard]] std::uint64_t number() const { return number_; }

 private:
  ConnectionCounts& counts_;
  std::uint64_t number_;
};

}  // namespace

// A peer that goes away in the middle ends its connection and is nothing to report.
asio::awaitable<void> serve_connection(asio::ip::tcp::socket socket,
                                       Simulator* simulator,
                                       std::shared_ptr<ssl::context> tls) {
  const ConnectionCount count(simulator->connections());
  try {
    socket.set_option(asio::ip::tcp::no_delay(true));
    TcpStream tcp(std::move(socket));
    if (tls == nullptr) {
      co_await serve_requests(&tcp, simulator, count.number());
    } else {
      TlsStream stream(std::move(tcp), *tls);
      stream.next_layer().expires_after(kIdleLimit);
      co_await stream.async_handshake(ssl::stream_base::server, asio::use_awaitable);
      co_await serve_requests(&stream, simulator, count.number());
    }
  } catch (const boost::system::system_error&) {
    co_return;
  }
}

}  // namespace cmcsim
