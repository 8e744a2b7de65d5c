// For those who would rather have exceptions: the same calls, with the value or a Failure thrown.
//
//   const auto client = quotecache::throwing::Client({});
//   std::cout << client.quote(quotecache::Asset::id(1)).price.text << '\n';
#pragma once

#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "quotecache/client.hpp"

namespace quotecache::throwing {

class QUOTECACHE_API Failure : public std::exception {
 public:
  explicit Failure(Error error) : error_(std::move(error)) {}
  [[nodiscard]] const char* what() const noexcept override { return error_.message.c_str(); }
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

// The value, or its Error thrown.
template <class T>
[[nodiscard]] T value_of(Result<T> result) {
  if (!result) throw Failure(std::move(result).error());
  return *std::move(result);
}

// As quotecache::Client, whose comments hold.
class Client {
 public:
  explicit Client(const ClientOptions& options)
      : client_(value_of(quotecache::Client::make(options))) {}

  [[nodiscard]] Quote quote(const Asset& asset, std::string_view convert = "USD") const {
    return value_of(client_.quote(asset, convert));
  }
  [[nodiscard]] Quotes quotes(const Ask& ask) const { return value_of(client_.quotes(ask)); }
  [[nodiscard]] Quotes quotes(std::span<const Asset> assets,
                              std::span<const std::string> converts = {}) const {
    return value_of(client_.quotes(assets, converts));
  }
  [[nodiscard]] Subscription subscribe(Ask ask, StreamHandler handler) const {
    return value_of(client_.subscribe(std::move(ask), std::move(handler)));
  }
  [[nodiscard]] Subscription subscribe(Ask ask,
                                       StreamHandler handler,
                                       UnavailableHandler on_unavailable) const {
    return value_of(
        client_.subscribe(std::move(ask), std::move(handler), std::move(on_unavailable)));
  }
  [[nodiscard]] RawAnswer raw(const std::string& path) const { return value_of(client_.raw(path)); }
  [[nodiscard]] AdminClient admin(std::size_t server = 0) const {
    return value_of(client_.admin(server));
  }
  // For what gives no value at once.
  [[nodiscard]] const quotecache::Client& core() const noexcept { return client_; }

 private:
  quotecache::Client client_;
};

}  // namespace quotecache::throwing
