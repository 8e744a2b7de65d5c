// One call on the wire: a configured libcurl easy handle, what it has received, and how it ended.
//
// The call's coroutine sleeps in wait() and is woken by the end, by abort() or by cancellation.
// Used on the client's loop only.
#pragma once

#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <curl/curl.h>

#include "base/result.hpp"
#include "upstream/base_url.hpp"
#include "upstream/client.hpp"
#include "upstream/multi.hpp"

namespace quotecached::upstream {

// A line that can be sent as it is: "Name: value".
[[nodiscard]] bool is_header(const std::string& line);

class Transfer final : public Multi::Listener {
 public:
  Transfer(const asio::any_io_executor& loop, const Client::Options& options);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  // Fails with Invalid on a request that cannot be sent as it is.
  Result<void> prepare(const BaseUrl& base, const Request& request);

  [[nodiscard]] CURL* easy() const noexcept { return easy_; }
  [[nodiscard]] bool has_ended() const noexcept { return end_.has_value(); }

  asio::awaitable<void> wait();  // until it ended or the caller is cancelled
  void ended(CURLcode code) override;
  void abort();  // ends it as a lost connection would

  // Both require: has_ended().
  Result<void> outcome() const;  // Timeout, Unavailable or Invalid
  Response take_response();

  [[nodiscard]] bool was_sent() const;  // at least a part of the request
  [[nodiscard]] long connections_opened() const;
  [[nodiscard]] bool is_http2() const;

 private:
  // libcurl is about to send the request: a second time only when the kept connection was lost.
  static int on_request(void* self, char* to, char* from, int to_port, int from_port) noexcept;
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  void reserve_body();
  void set_limits(const Request& request);
  void set_security();
  bool set_request(const BaseUrl& base, const Request& request);
  bool add_header(const std::string& line);
  [[nodiscard]] std::string header(const char* name) const;
  [[nodiscard]] std::string retry_after() const;
  [[nodiscard]] std::string kept_headers() const;

  const Client::Options& options_;
  CURL* easy_;
  curl_slist* headers_ = nullptr;
  asio::steady_timer end_signal_;
  std::optional<CURLcode> end_;
  bool is_aborted_ = false;
  bool was_begun_ = false;  // the request was handed to a connection
  bool is_lost_ = false;    // ... that broke before the answer's first byte
  bool is_too_large_ = false;
  std::string body_;
  char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace quotecached::upstream
