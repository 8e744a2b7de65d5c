// The upstream pool: one request in, one classified response out, over pooled HTTPS connections.
//
// libcurl multi on the engine's loop: keep-alive, HTTP/2 where offered, TLS verified, plain http to
// loopback only. Used on that loop only. Knows nothing of credits, retries or breakers.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/log.hpp"
#include "base/result.hpp"
#include "base/types.hpp"

namespace quotecached::upstream {

namespace asio = boost::asio;

// What an answer means for whoever made the call.
enum class Verdict : std::uint8_t {
  Ok,            // HTTP 200, error_code 0
  BadRequest,    // 400 and other 4xx, 1006 (not in the plan): asking the same again cannot help
  KeyRefused,    // 1001-1005, 1007: every call will fail until a person acts
  MinuteLimit,   // 1008
  DayLimit,      // 1009
  MonthLimit,    // 1010
  IpLimit,       // 1011: lower concurrency
  ServerFailure  // 5xx, an HTML page, a non-zero error_code in a 200, anything not understood
};
inline constexpr std::size_t kVerdicts = 8;
std::string_view to_string(Verdict verdict) noexcept;

struct Request {
  std::string target;          // path and query, no credential
  std::string method = "GET";  // or POST
  std::string body;            // for forwarded POSTs
  std::string content_type;
  std::vector<std::string> headers;      // further lines, "Name: value"
  std::chrono::milliseconds timeout{0};  // 0: the client's default
};

struct Response {
  Verdict verdict = Verdict::ServerFailure;
  unsigned http_status = 0;
  bool has_status = false;        // the body carries a status object
  bool has_credit_count = false;  // credit_count is the provider's own
  std::int64_t error_code = 0;    // status.error_code; -1 when it is no number
  std::string error_message;
  Credits credit_count;
  std::string content_type;
  std::string retry_after;  // the header as sent, empty when absent
  std::string body;
  std::chrono::milliseconds took{0};
};

// Why no complete answer came. A request that was sent may have been billed all the same.
struct Loss : Error {
  bool was_sent = false;
};
using Fetched = tl::expected<Response, Loss>;

// Pure: what an HTTP answer means. `error_code` and `has_status` come from the body; whole answers
// are read by interpret() in status_reader.hpp.
Verdict classify(unsigned http_status, bool has_status, std::int64_t error_code) noexcept;

class Client {
 public:
  struct Options {
    std::string base_url;  // "https://pro-api.coinmarketcap.com"
    std::string api_key;   // empty: send none (keyless)
    std::string ca_file;   // empty: the system's; else the only authorities believed
    std::string proxy;     // empty: none, whatever the environment says
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

  // Fails with Invalid on a base URL, key or limit it will not use.
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
