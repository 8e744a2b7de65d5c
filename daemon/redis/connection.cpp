#include "redis/connection.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/on_exit.hpp"
#include "io/event.hpp"
#include "redis/link.hpp"

namespace quotecached::redis {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using Endpoint = Link::Protocol::endpoint;

milliseconds until(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
  return std::max(left, milliseconds(0));
}

Result<std::vector<Endpoint>> unix_endpoint(const std::string& path) {
  try {
    return std::vector<Endpoint>{asio::local::stream_protocol::endpoint(path)};
  } catch (const boost::system::system_error& e) {  // longer than a socket address may be
    return fail(ErrorCode::Unavailable, e.what());
  }
}

// Commands sent together, waiting for their replies.
struct Call {
  Call(const asio::any_io_executor& loop, milliseconds limit) : timer(loop, limit) {}

  void end(std::optional<Replies> with) {
    is_over = true;
    replies = std::move(with);
    timer.expires_at(Clock::time_point::min());
  }

  bool is_over = false;
  std::optional<Replies> replies;  // none when the connection ended first
  asio::steady_timer timer;
};

}  // namespace

struct Connection::State : std::enable_shared_from_this<State> {
  State(asio::any_io_executor executor, Options wanted)
      : loop(std::move(executor)), options(std::move(wanted)) {}

  const asio::any_io_executor loop;
  const Options options;
  std::shared_ptr<Link> link;               // null: not connected
  std::optional<Pipeline> pipeline;         // of that link
  std::deque<std::shared_ptr<Call>> calls;  // without replies, in the pipeline's order
  bool is_ready = false;                    // connected, entered
  bool is_dialing = false;                  // somebody connects; `dialed` tells when that has ended
  bool is_over = false;                     // the connection is being destroyed
  io::Event dialed;
  std::string last_error;

  static asio::awaitable<Result<void>> connect(std::shared_ptr<State> self);
  static asio::awaitable<Result<void>> dial(std::shared_ptr<State> self);
  static asio::awaitable<Result<void>> open(std::shared_ptr<State> self,
                                            Endpoint endpoint,
                                            Clock::time_point deadline);
  static asio::awaitable<Result<void>> enter(std::shared_ptr<State> self,
                                             Clock::time_point deadline);
  static asio::awaitable<Result<std::vector<Endpoint>>> resolve(std::shared_ptr<State> self,
                                                                Clock::time_point deadline);
  static asio::awaitable<Result<Replies>> call(std::shared_ptr<State> self,
                                               std::vector<Command> commands,
                                               milliseconds limit);

  static asio::awaitable<Result<Replies>> run(std::shared_ptr<State> self,
                                              std::vector<Command> commands,
                                              milliseconds limit);

  void take(std::string_view bytes);
  void drop(std::string why);
};

// --- commands ---

void Connection::State::take(std::string_view bytes) {
  auto complete = pipeline->take(bytes);
  if (!complete) return drop(std::move(complete.error().message));
  for (Replies& replies : *complete) {
    const std::shared_ptr<Call> call = std::move(calls.front());
    calls.pop_front();
    call->end(std::move(replies));
  }
}

// Ends the connection, and every pending call without replies.
void Connection::State::drop(std::string why) {
  const auto ended = std::exchange(link, nullptr);
  if (ended) ended->close();
  pipeline.reset();
  is_ready = false;
  last_error = std::move(why);
  for (const auto& call : std::exchange(calls, {})) call->end(std::nullopt);
}

asio::awaitable<Result<Replies>> Connection::State::call(std::shared_ptr<State> self,
                                                         std::vector<Command> commands,
                                                         milliseconds limit) {
  if (commands.empty()) co_return Replies();
  if (!self->link) co_return fail(ErrorCode::Unavailable, self->last_error);
  if (self->pipeline->pending() + commands.size() > self->options.max_pending) {
    co_return fail(ErrorCode::Exhausted, "too many commands pending");
  }
  const auto call = std::make_shared<Call>(self->loop, limit);
  self->calls.push_back(call);
  self->pipeline->sent(commands.size());
  std::string bytes;
  for (const Command& command : commands) append_command(bytes, command);
  self->link->send(bytes);
  boost::system::error_code error;
  co_await call->timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  if (!call->is_over && !error) {
    self->drop("no answer in time");
    co_return fail(ErrorCode::Timeout, self->last_error);
  }
  // The replies of a call that was cancelled still come, and are taken by it.
  if (!call->is_over) co_return fail(ErrorCode::Unavailable, "cancelled");
  if (!call->replies) co_return fail(ErrorCode::Unavailable, self->last_error);
  co_return std::move(*call->replies);
}

// --- connecting ---

asio::awaitable<Result<std::vector<Endpoint>>> Connection::State::resolve(
    std::shared_ptr<State> self, Clock::time_point deadline) {
  const Address& address = self->options.address;
  std::vector<Endpoint> endpoints;
  boost::system::error_code error;
  if (address.host.empty()) co_return unix_endpoint(address.unix_path);
  const auto numeric = asio::ip::make_address(address.host, error);
  if (!error) {
    endpoints.emplace_back(asio::ip::tcp::endpoint(numeric, address.port));
    co_return endpoints;
  }
  const auto resolver = std::make_shared<asio::ip::tcp::resolver>(self->loop);
  asio::steady_timer timer(self->loop, deadline);
  timer.async_wait([resolver](boost::system::error_code cancelled) {
    if (!cancelled) resolver->cancel();
  });
  const auto found = co_await resolver->async_resolve(
      address.host, "", asio::redirect_error(asio::use_awaitable, error));
  if (error == asio::error::operation_aborted) {
    co_return fail(ErrorCode::Timeout, "name not resolved in time");
  }
  if (error) co_return fail(ErrorCode::Unavailable, "resolve: " + error.message());
  for (const auto& each : found) {
    endpoints.emplace_back(asio::ip::tcp::endpoint(each.endpoint().address(), address.port));
  }
  co_return endpoints;
}

// Connects to one address. Requires: no link.
asio::awaitable<Result<void>> Connection::State::open(std::shared_ptr<State> self,
                                                      Endpoint endpoint,
                                                      Clock::time_point deadline) {
  auto connected = co_await Link::connect(self->loop, std::move(endpoint), deadline);
  if (!connected) co_return std::move(connected).failure();
  if (self->is_over) co_return fail(ErrorCode::Unavailable, "closed");
  self->link = std::move(*connected);
  self->pipeline.emplace(self->options.max_reply);
  // The state outlives what a link calls: it closes the link before it goes.
  State* const state = self.get();
  self->link->start({[state](std::string_view bytes) { state->take(bytes); },
                     [state](std::string why) { state->drop(std::move(why)); }});
  co_return Result<void>();
}

asio::awaitable<Result<void>> Connection::State::enter(std::shared_ptr<State> self,
                                                       Clock::time_point deadline) {
  const Address& address = self->options.address;
  std::vector<Command> commands;
  if (!address.password.empty()) {
    Command auth = {"AUTH"};
    if (!address.user.empty()) auth.push_back(address.user);
    auth.push_back(address.password);
    commands.push_back(std::move(auth));
  }
  if (address.db != 0) commands.push_back({"SELECT", std::to_string(address.db)});
  if (commands.empty()) co_return Result<void>();
  auto replies = co_await call(self, std::move(commands), until(deadline));
  if (!replies) co_return std::move(replies).failure();
  for (const Reply& reply : *replies) {
    if (reply.kind != Reply::Kind::Failure) continue;
    self->drop(reply.text);
    co_return fail(ErrorCode::Unavailable, reply.text);
  }
  co_return Result<void>();
}

asio::awaitable<Result<void>> Connection::State::dial(std::shared_ptr<State> self) {
  const auto deadline = Clock::now() + self->options.connect_timeout;
  auto endpoints = co_await resolve(self, deadline);
  if (!endpoints) co_return std::move(endpoints).failure();
  Result<void> opened = fail(ErrorCode::Unavailable, "no address");
  for (Endpoint& endpoint : *endpoints) {
    opened = co_await open(self, std::move(endpoint), deadline);
    if (opened) break;
  }
  if (!opened) co_return opened;
  co_return co_await enter(self, deadline);
}

asio::awaitable<Result<void>> Connection::State::connect(std::shared_ptr<State> self) {
  if (self->is_ready) co_return Result<void>();
  if (self->is_dialing) {
    const bool is_told = co_await self->dialed.wait_for(self->options.connect_timeout * 2);
    if (self->is_ready) co_return Result<void>();
    if (!is_told) co_return fail(ErrorCode::Timeout, "no connection in time");
    co_return fail(ErrorCode::Unavailable, self->last_error);
  }
  self->is_dialing = true;
  self->dialed.clear();
  const OnExit ended([&self] {
    self->is_dialing = false;
    if (!self->is_ready) self->drop(std::move(self->last_error));
    self->dialed.set();
  });
  auto dialed = co_await dial(self);
  self->is_ready = dialed.has_value() && self->link != nullptr;
  if (!dialed) self->last_error = dialed.error().message;
  co_return dialed;
}

asio::awaitable<Result<Replies>> Connection::State::run(std::shared_ptr<State> self,
                                                        std::vector<Command> commands,
                                                        milliseconds limit) {
  auto connected = co_await connect(self);
  if (!connected) co_return std::move(connected).failure("connect");
  co_return co_await call(self, std::move(commands), limit);
}

// --- the connection ---

Result<std::unique_ptr<Connection>> Connection::make(asio::any_io_executor loop,
                                                     std::string& url,
                                                     std::string& password,
                                                     Options options) {
  auto address = take_address(url, password);
  if (!address) return std::move(address).failure();
  options.address = std::move(*address);
  return std::make_unique<Connection>(std::move(loop), std::move(options));
}

Connection::Connection(asio::any_io_executor loop, Options options)
    : state_(std::make_shared<State>(std::move(loop), std::move(options))) {}

Connection::~Connection() {
  state_->is_over = true;
  state_->drop("closed");
}

bool Connection::is_connected() const noexcept { return state_->is_ready; }

asio::awaitable<Result<Replies>> Connection::run(std::vector<Command> commands,
                                                 std::chrono::milliseconds limit) {
  return State::run(state_, std::move(commands), limit);
}

}  // namespace quotecached::redis
