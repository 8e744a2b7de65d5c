// A session's connection: what comes in, what goes out, and how it ends. What is asked over it and
// answered is in session_requests.cpp.
#include "http/session.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>

#include <sys/socket.h>

namespace quotecached::http {
namespace {

using boost::system::error_code;
using std::chrono::steady_clock;

constexpr std::size_t kMostDrained = 1024 * 1024;  // read from a client that does not stop sending

// How long a connection that is as new as the stop may take to ask: a client asks again when one
// that it has kept is closed, but not every one does when its first request meets that.
constexpr std::chrono::milliseconds kFirstRequest{250};

// A request that has arrived and was not read yet is answered as those are that run.
bool has_unread(int socket) {
  char first = 0;
  return ::recv(socket, &first, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

}  // namespace

Session::Session(SessionContext& context, Socket socket, SessionPeer peer)
    : context_(context),
      socket_(std::move(socket)),
      peer_(peer),
      parser_(context.limits, context.router.key_header()),
      body_share_(context.bodies) {}

void Session::start() {
  expire_in(context_.timeouts.idle);
  read();
}

void Session::begin_stop() {
  const bool is_idle = phase_ == Phase::Reading && !is_in_request_;
  if (!is_idle || has_unread(socket_.native_handle())) return;
  const bool is_new = read_at_ == SessionContext::Time{};
  if (!is_new) return close();
  deadline_ = std::min(deadline_, context_.now + kFirstRequest);
}

void Session::close() {
  if (phase_ == Phase::Closed) return;
  phase_ = Phase::Closed;
  count_sent(!output_.empty());  // not taken by the client, yet answered and paid for
  leave_backlog();
  const auto self = shared_from_this();  // the owner lets go
  error_code ignored;                    // it is gone either way
  socket_.close(ignored);
  context_.on_closed(*this);
}

void Session::sweep() {
  if (phase_ == Phase::Waiting || phase_ == Phase::Closed || context_.now < deadline_) return;
  context_.connections.timed_out.fetch_add(1, std::memory_order_relaxed);
  end_request();
}

void Session::shed() {
  if (phase_ == Phase::Closed) return;
  context_.connections.shed.fetch_add(1, std::memory_order_relaxed);
  end_request();
}

// Whoever is sending a request is told that it took too long.
void Session::end_request() {
  if (phase_ == Phase::Reading && is_in_request_) {
    refuse(408);
    static_cast<void>(output_.write_some(socket_.native_handle()));  // if it can be at once
  }
  close();
}

// A deadline is moved whenever something happens, so it tells when that was.
Standing Session::standing() const noexcept {
  using enum Standing::Doing;
  const auto& timeouts = context_.timeouts;
  const auto as = [this](Standing::Doing doing, std::chrono::milliseconds timeout) {
    return Standing{doing, deadline_ - timeout, peer_.is_unix};
  };
  switch (phase_) {
    case Phase::Reading:
      if (!is_in_request_) return as(Nothing, timeouts.idle);
      return as(Sending, is_in_body_ ? timeouts.body : timeouts.header);
    case Phase::Draining: return as(Nothing, timeouts.linger);
    case Phase::Writing: return as(Taking, timeouts.write);
    case Phase::Waiting:
    case Phase::Closed: break;
  }
  return as(Waiting, timeouts.idle);
}

void Session::read() {
  phase_ = Phase::Reading;
  const auto room = input_.prepare();
  assert(!room.empty());
  socket_.async_read_some(asio::buffer(room.data(), room.size()),
                          [self = shared_from_this()](error_code failure, std::size_t count) {
                            if (self->phase_ == Phase::Closed) return;
                            // Whatever it asked is answered by now, so a half-closed client loses
                            // nothing.
                            if (failure) return self->close();
                            self->on_read(count);
                          });
}

void Session::on_read(std::size_t count) {
  context_.now = read_at_ = steady_clock::now();
  input_.commit(count);
  if (is_closing_) {
    drained_ += count;
    input_.clear();
    return drained_ > kMostDrained ? close() : drain();
  }
  run();
}

void Session::run() {
  for (;;) {
    const bool needs_input = take_requests();
    if (!flush()) return;
    if (phase_ == Phase::Waiting) return;
    if (is_handing_over_) return hand_over();
    if (is_closing_) {
      input_.clear();
      ::shutdown(socket_.native_handle(), SHUT_WR);
      expire_in(context_.timeouts.linger);
      return drain();
    }
    if (needs_input) return read();
  }
}

// False: the rest goes out when the socket takes it, or the client is gone.
bool Session::flush() {
  if (output_.empty()) return true;
  const auto before = output_.size();
  const auto written = output_.write_some(socket_.native_handle());
  context_.stats.add_sent(before - output_.size());
  if (written == Output::Written::Broken) {
    close();
    return false;
  }
  if (written == Output::Written::Blocked) {
    if (before != output_.size() || phase_ != Phase::Writing) expire_in(context_.timeouts.write);
    if (phase_ != Phase::Waiting) phase_ = Phase::Writing;
    report_waiting(before - output_.size());
    await_writable();
    return false;
  }
  leave_backlog();
  count_sent();
  return true;
}

// What the client is slow to take is memory that others share the bound of.
void Session::report_waiting(std::size_t taken) {
  auto& backlog = *context_.backlog;
  if (backlog_id_ == 0) backlog_id_ = backlog.join(weak_from_this(), context_.loop);
  const auto measure = output_.measure();
  if (std::exchange(reported_, measure) != measure)
    backlog.set(backlog_id_, output_.held(), context_.now);
  backlog.took(backlog_id_, taken);
}

void Session::leave_backlog() {
  if (backlog_id_ == 0) return;
  context_.backlog->leave(std::exchange(backlog_id_, 0));
  reported_.reset();
}

void Session::count_sent(bool is_gone) {
  if (sent_.empty()) return;
  context_.now = steady_clock::now();
  if (notes_) [[unlikely]]
    write_access(is_gone);
  for (const auto& one : sent_) context_.stats.count(one, context_.now - read_at_);
  sent_.clear();
}

void Session::await_writable() {
  if (std::exchange(awaits_writable_, true)) return;
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](error_code failure) {
    self->awaits_writable_ = false;
    if (self->phase_ == Phase::Closed) return;
    if (failure) return self->close();
    self->on_writable();
  });
}

void Session::on_writable() {
  context_.now = steady_clock::now();
  if (phase_ != Phase::Writing && phase_ != Phase::Waiting) return;  // written meanwhile
  if (flush() && phase_ == Phase::Writing) run();
}

// What the client may have sent behind its ask to listen is dropped.
void Session::hand_over() {
  phase_ = Phase::Closed;
  const auto self = shared_from_this();  // the owner lets go
  if (!context_.is_stopping)
    context_.on_listening(std::move(socket_),
                          std::move(exchange_.stream),
                          {exchange_.auth, exchange_.credential.client});
  context_.on_closed(*this);
}

// After the last answer: reads and drops what the client still sends, so that closing does not take
// the answer away from it.
void Session::drain() {
  read();
  phase_ = Phase::Draining;
}

}  // namespace quotecached::http
