// Pooled HTTPS: one request in, one response out, whatever it says.
//
// libcurl multi on the engine's loop: keep-alive, HTTP/2 where offered, TLS verified, plain http to
// loopback only. Used on that loop only. Knows nothing of
// providers, credits, retries or breakers.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/log.hpp"
#include "base/result.hpp"
#include "base/types.hpp"

namespace quotecached::upstream {

namespace asio = boost::asio;

struct Request {
  std::string target;          // path and query, no credential
  std::string method = "GET";  // or POST
  std::string body;            // for forwarded POSTs
  std::string content_type;
  std::vector<std::string> headers;      // further lines, "Name: value"
  std::chrono::milliseconds timeout{0};  // 0: the client's default
};

struct Response {
  unsigned http_status = 0;
  std::string content_type;
  std::string retry_after;   // in seconds, as sent or until the date that was sent; empty: absent
  std::string kept_headers;  // those of Options::kept_headers, as whole lines: "Name: value\r\n"
  std::string id;            // in Options::id_header, where is_request_id(); else empty
  std::string body;
  std::chrono::milliseconds took{0};
};

// Why no complete answer came. A request that was sent may have been billed all the same.
struct TransportError : Error {
  bool was_sent = false;
};
using Fetched = tl::expected<Response, TransportError>;

class Client {
 public:
  struct Options {
    std::string base_url;                     // "https://pro-api.coinmarketcap.com"
    std::vector<std::string> secret_headers;  // lines of every request, "Name: value"; never logged
    std::vector<std::string> kept_headers;    // names of those of an answer that are wanted
    std::string id_header;                    // in which an answer says what it is called
    std::string ca_file;  // empty: the system's; else the only authorities believed
    std::string proxy;    // empty: none, whatever the environment says
    std::string user_agent = "quotecached";
    std::chrono::milliseconds timeout{15000};
    std::chrono::milliseconds connect_timeout{5000};
    std::chrono::seconds stall_timeout{10};  // given up after so long without a byte
    long max_connections = 5;
    Bytes max_body = mebibytes(64);  // after decompression
  };
  struct Totals {
    std::uint64_t calls = 0;  // ended, well or badly
    std::uint64_t connections_opened = 0;
    std::uint64_t reused = 0;  // calls answered over a connection that was already open
    std::uint64_t http2 = 0;   // calls answered over HTTP/2
  };

  // Fails with Invalid on a base URL, header or limit it will not use.
  static Result<std::unique_ptr<Client>> make(asio::any_io_executor loop, Options options, Log log);
  ~Client();  // close()

  // Aborts calls in flight, and takes no further ones: their fetch() fails with Unavailable.
  void close();

  // Fails with Timeout or Unavailable when no complete answer came, with Invalid when the body is
  // larger than allowed or the request cannot be sent as it is. Cancellation ends the transfer.
  asio::awaitable<Fetched> fetch(Request request);

  [[nodiscard]] Totals totals() const;  // thread-safe

 private:
  struct State;
  explicit Client(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace quotecached::upstream
