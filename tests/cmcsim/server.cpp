#include "server.hpp"

#include <charconv>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <openssl/ssl.h>

#include "session.hpp"

namespace cmcsim {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr int kBacklog = 1024;

tcp::endpoint parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  const std::string port_text = colon == std::string::npos ? "" : text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto* const end = port_text.data() + port_text.size();
  const auto parsed = std::from_chars(port_text.data(), end, port);
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error || parsed.ec != std::errc() || parsed.ptr != end) {
    throw std::invalid_argument(text + " is not ADDRESS:PORT");
  }
  return {address, port};
}

std::string to_text(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  if (endpoint.address().is_v6()) return fmt::format("[{}]:{}", address, endpoint.port());
  return fmt::format("{}:{}", address, endpoint.port());
}

// Only HTTP/1.1 is spoken here; a client that offers nothing of it gets no protocol.
int choose_protocol(SSL*,
                    const unsigned char** out,
                    unsigned char* out_length,
                    const unsigned char* offered,
                    unsigned offered_length,
                    void*) {
  static constexpr unsigned char ours[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  const int result =
      SSL_select_next_proto(&chosen, out_length, ours, sizeof(ours) - 1, offered, offered_length);
  *out = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

void report(const std::exception_ptr& failure) {
  if (failure == nullptr) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    fmt::print(stderr, "cmcsim: connection: {}\n", error.what());
  }
}

asio::awaitable<void> accept_all(tcp::acceptor acceptor,
                                 Simulator* simulator,
                                 std::shared_ptr<asio::ssl::context> tls) {
  constexpr std::chrono::milliseconds breather(10);
  asio::steady_timer timer(acceptor.get_executor());
  while (true) {
    auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (error) {
      // Out of descriptors, or a client that was gone at once: go on in a moment.
      timer.expires_after(breather);
      co_await timer.async_wait(asio::use_awaitable);
      continue;
    }
    asio::co_spawn(
        acceptor.get_executor(), serve_connection(std::move(socket), simulator, tls), report);
  }
}

}  // namespace

std::shared_ptr<asio::ssl::context> make_tls(const std::string& cert_file,
                                             const std::string& cert_key_file) {
  auto tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  boost::system::error_code error;
  tls->use_certificate_chain_file(cert_file, error);
  if (error) throw std::runtime_error(cert_file + ": " + error.message());
  tls->use_private_key_file(cert_key_file, asio::ssl::context::pem, error);
  if (error) throw std::runtime_error(cert_key_file + ": " + error.message());
  SSL_CTX_set_alpn_select_cb(tls->native_handle(), choose_protocol, nullptr);
  return tls;
}

std::string listen(asio::io_context& loop,
                   const std::string& address,
                   Simulator* simulator,
                   std::shared_ptr<asio::ssl::context> tls) {
  const tcp::endpoint endpoint = parse_address(address);
  tcp::acceptor acceptor(loop);
  try {
    acceptor.open(endpoint.protocol());
    acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.bind(endpoint);
    acceptor.listen(kBacklog);
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error(
        fmt::format("cannot listen on {}: {}", address, error.code().message()));
  }
  std::string bound = to_text(acceptor.local_endpoint());
  asio::co_spawn(loop, accept_all(std::move(acceptor), simulator, std::move(tls)), report);
  return bound;
}

}  // namespace cmcsim
