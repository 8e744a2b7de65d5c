#include "redis/connection.hpp"

#include <algorithm>
#include <csignal>
#include <deque>
#include <mutex>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include "base/on_exit.hpp"
#include "io/event.hpp"
#include "redis/events.hpp"

namespace quotecached::redis {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using Replies = std::vector<Reply>;

void ignore_broken_pipes() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction now{};
    if (sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) {
      (void)std::signal(SIGPIPE, SIG_IGN);
    }
  });
}

Reply to_reply(const redisReply& from) {
  Reply reply;
  switch (from.type) {
    case REDIS_REPLY_INTEGER:
      reply.kind = Reply::Kind::Integer;
      reply.integer = from.integer;
      break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      reply.kind = Reply::Kind::Text;
      reply.text.assign(from.str, from.len);
      break;
    case REDIS_REPLY_ERROR:
      reply.kind = Reply::Kind::Failure;
      reply.text.assign(from.str, from.len);
      break;
    case REDIS_REPLY_ARRAY:
      reply.kind = Reply::Kind::Array;
      reply.elements.reserve(from.elements);
      for (std::size_t i = 0; i < from.elements; ++i) {
        reply.elements.push_back(to_reply(*from.element[i]));
      }
      break;
    default: break;
  }
  return reply;
}

milliseconds until(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
  return std::max(left, milliseconds(0));
}

// Commands sent together, waiting for their replies. Redis answers in order, so the replies belong
// to the oldest call that is not complete.
struct Call {
  Call(const asio::any_io_executor& loop, std::size_t commands, milliseconds limit)
      : missing(commands), timer(loop, limit) {
    replies.reserve(commands);
  }

  void wake() { timer.expires_at(Clock::time_point::min()); }

  std::size_t missing;
  bool is_broken = false;
  Replies replies;
  asio::steady_timer timer;
};

}  // namespace

struct Connection::State : std::enable_shared_from_this<State> {
  State(asio::any_io_executor executor, Options wanted)
      : loop(std::move(executor)), options(std::move(wanted)) {}

  const asio::any_io_executor loop;
  const Options options;
  redisAsyncContext* context = nullptr;
  bool is_ready = false;    // connected, entered
  bool is_dialing = false;  // somebody connects; `dialed` tells when that has ended
  io::Event linked;         // the socket is connected, or not going to be
  io::Event dialed;
  std::string last_error;
  std::deque<std::shared_ptr<Call>> calls;
  std::size_t pending = 0;  // commands of `calls` without a reply

  static asio::awaitable<Result<void>> connect(std::shared_ptr<State> self);
  static asio::awaitable<Result<void>> dial(std::shared_ptr<State> self);
  static asio::awaitable<Result<void>> link(std::shared_ptr<State> self,
                                            std::string host,
                                            Clock::time_point deadline);
  static asio::awaitable<Result<void>> enter(std::shared_ptr<State> self,
                                             Clock::time_point deadline);
  static asio::awaitable<Result<std::vector<std::string>>> resolve(std::shared_ptr<State> self,
                                                                   Clock::time_point deadline);
  static asio::awaitable<Result<Replies>> call(std::shared_ptr<State> self,
                                               std::vector<Command> commands,
                                               milliseconds limit);

  static asio::awaitable<Result<Replies>> run(std::shared_ptr<State> self,
                                              std::vector<Command> commands,
                                              milliseconds limit);

  bool send(const Command& command);
  void take_reply(const void* reply);
  void drop(std::string why);
  void lost(std::string why);

  static State& of(const redisAsyncContext* context) { return *static_cast<State*>(context->data); }
  static void on_connect(const redisAsyncContext* context, int status);
  static void on_disconnect(const redisAsyncContext* context, int status);
  static void on_reply(redisAsyncContext* context, void* reply, void* unused);
};

// --- what hiredis tells us ---

void Connection::State::on_connect(const redisAsyncContext* context, int status) {
  State& state = of(context);
  if (status != REDIS_OK) state.lost(context->errstr);  // hiredis frees the context itself
  state.linked.set();
}

void Connection::State::on_disconnect(const redisAsyncContext* context, int status) {
  of(context).lost(status == REDIS_OK ? "closed" : context->errstr);
}

void Connection::State::on_reply(redisAsyncContext* context, void* reply, void*) {
  if (reply != nullptr) Events::reply_delivered(context);
  of(context).take_reply(reply);
}

// A null reply: the connection ended first.
void Connection::State::take_reply(const void* reply) {
  if (calls.empty()) return;
  const std::shared_ptr<Call> call = calls.front();
  --pending;
  if (reply == nullptr) {
    call->is_broken = true;
  } else {
    call->replies.push_back(to_reply(*static_cast<const redisReply*>(reply)));
  }
  if (--call->missing > 0) return;
  calls.pop_front();
  call->wake();
}

void Connection::State::lost(std::string why) {
  context = nullptr;
  is_ready = false;
  last_error = std::move(why);
}

// Ends the connection; every pending call gets null replies before this returns.
void Connection::State::drop(std::string why) {
  redisAsyncContext* ended = std::exchange(context, nullptr);
  is_ready = false;
  if (ended != nullptr) redisAsyncFree(ended);
  last_error = std::move(why);
  // Only a call whose commands were not all sent is left.
  for (const auto& call : std::exchange(calls, {})) {
    pending -= call->missing;
    call->missing = 0;
    call->is_broken = true;
    call->wake();
  }
}

// --- commands ---

bool Connection::State::send(const Command& command) {
  std::vector<const char*> words;
  std::vector<std::size_t> sizes;
  words.reserve(command.size());
  sizes.reserve(command.size());
  for (const std::string& word : command) {
    words.push_back(word.data());
    sizes.push_back(word.size());
  }
  return redisAsyncCommandArgv(context,
                               &on_reply,
                               nullptr,
                               static_cast<int>(words.size()),
                               words.data(),
                               sizes.data()) == REDIS_OK;
}

asio::awaitable<Result<Replies>> Connection::State::call(std::shared_ptr<State> self,
                                                         std::vector<Command> commands,
                                                         milliseconds limit) {
  if (self->context == nullptr) co_return fail(ErrorCode::Unavailable, self->last_error);
  if (self->pending + commands.size() > self->options.max_pending) {
    co_return fail(ErrorCode::Exhausted, "too many commands pending");
  }
  const auto call = std::make_shared<Call>(self->loop, commands.size(), limit);
  self->calls.push_back(call);
  self->pending += commands.size();
  for (const Command& command : commands) {
    if (self->send(command)) continue;
    self->drop("hiredis refused a command");
    co_return fail(ErrorCode::Unavailable, self->last_error);
  }
  boost::system::error_code error;
  co_await call->timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  if (call->missing > 0 && !error) {
    self->drop("no answer in time");
    co_return fail(ErrorCode::Timeout, self->last_error);
  }
  // The replies of a call that was cancelled still come, and are taken by it.
  if (call->missing > 0) co_return fail(ErrorCode::Unavailable, "cancelled");
  if (call->is_broken) co_return fail(ErrorCode::Unavailable, self->last_error);
  co_return std::move(call->replies);
}

// --- connecting ---

asio::awaitable<Result<std::vector<std::string>>> Connection::State::resolve(
    std::shared_ptr<State> self, Clock::time_point deadline) {
  const std::string& host = self->options.address.host;
  boost::system::error_code error;
  (void)asio::ip::make_address(host, error);
  std::vector<std::string> hosts;
  if (!error || host.empty()) {
    hosts.push_back(host);
    co_return hosts;
  }
  const auto resolver = std::make_shared<asio::ip::tcp::resolver>(self->loop);
  asio::steady_timer timer(self->loop, deadline);
  timer.async_wait([resolver](boost::system::error_code cancelled) {
    if (!cancelled) resolver->cancel();
  });
  const auto found =
      co_await resolver->async_resolve(host, "", asio::redirect_error(asio::use_awaitable, error));
  if (error == asio::error::operation_aborted) {
    co_return fail(ErrorCode::Timeout, "name not resolved in time");
  }
  if (error) co_return fail(ErrorCode::Unavailable, "resolve: " + error.message());
  for (const auto& each : found) hosts.push_back(each.endpoint().address().to_string());
  co_return hosts;
}

// Connects to one address. Requires: no context.
asio::awaitable<Result<void>> Connection::State::link(std::shared_ptr<State> self,
                                                      std::string host,
                                                      Clock::time_point deadline) {
  const Address& address = self->options.address;
  redisAsyncContext* context = host.empty() ? redisAsyncConnectUnix(address.unix_path.c_str())
                                            : redisAsyncConnect(host.c_str(), address.port);
  if (context == nullptr) co_return fail(ErrorCode::Unavailable, "no memory for a connection");
  if (context->err != 0) {
    const std::string why = context->errstr;
    redisAsyncFree(context);
    co_return fail(ErrorCode::Unavailable, why);
  }
  self->context = context;
  context->data = self.get();
  self->linked.clear();
  Events::attach(context, self->loop, self->options.max_reply);
  redisAsyncSetDisconnectCallback(context, &on_disconnect);
  redisAsyncSetConnectCallback(context, &on_connect);
  const bool is_told = co_await self->linked.wait_for(until(deadline));
  if (!is_told) {
    self->drop("no connection in time");
    co_return fail(ErrorCode::Timeout, self->last_error);
  }
  if (self->context == nullptr) co_return fail(ErrorCode::Unavailable, self->last_error);
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
  auto hosts = co_await resolve(self, deadline);
  if (!hosts) co_return std::move(hosts).failure();
  Result<void> linked = fail(ErrorCode::Unavailable, "no address");
  for (std::string& host : *hosts) {
    linked = co_await link(self, std::move(host), deadline);
    if (linked) break;
  }
  if (!linked) co_return linked;
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
  self->is_ready = dialed.has_value() && self->context != nullptr;
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

Connection::Connection(asio::any_io_executor loop, Options options)
    : state_(std::make_shared<State>(std::move(loop), std::move(options))) {
  ignore_broken_pipes();
}

Connection::~Connection() { state_->drop("closed"); }

bool Connection::is_connected() const noexcept { return state_->is_ready; }

asio::awaitable<Result<Replies>> Connection::run(std::vector<Command> commands,
                                                 std::chrono::milliseconds limit) {
  return State::run(state_, std::move(commands), limit);
}

}  // namespace quotecached::redis
