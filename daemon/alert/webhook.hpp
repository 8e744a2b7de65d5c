// Posts alerts to a URL, signed when there is a secret.
//
// Over an upstream::Client of its own, which knows no API key: TLS is verified, plain http goes to
// loopback only, redirects are not followed. The URL may hold a secret, so it is never logged.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "alert/sink.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "upstream/client.hpp"

namespace quotecached::alert {

class Webhook final : public Sink {
 public:
  struct Options {
    std::string url;
    std::string secret;   // empty: not signed
    std::string ca_file;  // as upstream::Client::Options, here and below
    std::string proxy;
    std::chrono::milliseconds timeout{10000};
  };

  // Fails with Invalid on a URL that it will not post to.
  static Result<std::unique_ptr<Webhook>> make(asio::any_io_executor loop,
                                               Options options,
                                               const Clock& clock);
  ~Webhook() override;

  [[nodiscard]] std::string_view name() const noexcept override { return "webhook"; }

  // Delivered is what was answered with 2xx.
  asio::awaitable<Result<void>> deliver(std::shared_ptr<const Message> message) override;

 private:
  Webhook(std::unique_ptr<upstream::Client> client,
          std::string target,
          std::string secret,
          const Clock& clock);
  [[nodiscard]] upstream::Request request_for(const Message& message) const;

  std::unique_ptr<upstream::Client> client_;
  std::string target_;
  std::string secret_;
  const Clock& clock_;
};

}  // namespace quotecached::alert
