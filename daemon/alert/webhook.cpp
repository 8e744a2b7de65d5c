#include "alert/webhook.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "alert/signature.hpp"
#include "base/log.hpp"
#include "base/types.hpp"
#include "upstream/base_url.hpp"

namespace quotecached::alert {
namespace {

struct SplitUrl {
  std::string origin;  // "https://host:port"
  std::string target;
};

// Whether the origin is a good one is for the client to say.
SplitUrl split(std::string_view url) {
  const auto scheme = url.find("://");
  const auto host = scheme == std::string_view::npos ? 0 : scheme + 3;
  const auto end = std::min(url.find_first_of("/?#", host), url.size());
  SplitUrl parts{std::string(url.substr(0, end)), std::string(url.substr(end))};
  if (!parts.target.starts_with('/')) parts.target.insert(0, 1, '/');
  return parts;
}

upstream::Client::Options client_options(Webhook::Options& options, std::string origin) {
  upstream::Client::Options client;
  client.base_url = std::move(origin);
  client.ca_file = std::move(options.ca_file);
  client.proxy = std::move(options.proxy);
  client.timeout = options.timeout;
  client.connect_timeout = std::min(client.connect_timeout, options.timeout);
  client.max_connections = 1;
  client.max_body = mebibytes(1);
  return client;
}

}  // namespace

Result<std::unique_ptr<Webhook>> Webhook::make(asio::any_io_executor loop,
                                               Options options,
                                               const Clock& clock) {
  SplitUrl url = split(options.url);
  if (!upstream::is_target(url.target))
    return fail(ErrorCode::Invalid, "webhook: the path of its URL cannot be asked for");
  // The client's own log tells paths, and this one may be a secret.
  auto client = upstream::Client::make(
      std::move(loop), client_options(options, std::move(url.origin)), Log());
  if (!client) return std::move(client).failure("webhook");
  return std::unique_ptr<Webhook>(
      new Webhook(std::move(*client), std::move(url.target), std::move(options.secret), clock));
}

Webhook::Webhook(std::unique_ptr<upstream::Client> client,
                 std::string target,
                 std::string secret,
                 const Clock& clock)
    : client_(std::move(client)),
      target_(std::move(target)),
      secret_(std::move(secret)),
      clock_(clock) {}

Webhook::~Webhook() { explicit_bzero(secret_.data(), secret_.size()); }

upstream::Request Webhook::request_for(const Message& message) const {
  const TimePoint now = clock_.now();
  upstream::Request request;
  request.target = target_;
  request.method = "POST";
  request.content_type = "application/json";
  request.body = to_json(message, now);
  request.headers.push_back("Idempotency-Key: " + message.id);
  if (!secret_.empty()) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    request.headers.push_back("Quotecached-Signature: " + sign(secret_, seconds, request.body));
  }
  return request;
}

asio::awaitable<Result<void>> Webhook::deliver(std::shared_ptr<const Message> message) {
  upstream::Request request = request_for(*message);
  const auto answer = co_await client_->fetch(std::move(request));
  if (!answer) co_return fail(answer.error().code, answer.error().message);
  if (answer->http_status / 100 != 2)
    co_return fail(ErrorCode::Unavailable, fmt::format("it answered {}", answer->http_status));
  co_return Result<void>();
}

}  // namespace quotecached::alert
