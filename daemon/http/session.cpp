#include "http/session.hpp"

#include <cassert>
#include <ctime>
#include <utility>

#include <sys/socket.h>

#include "http/accounting.hpp"
#include "http/engine_call.hpp"
#include "routing/own_routes.hpp"
#include "routing/response.hpp"

namespace quotecached::http {
namespace {

using boost::system::error_code;
using std::chrono::steady_clock;

constexpr std::size_t kBatchAnswers = 64;        // answers written together
constexpr std::size_t kBatchBytes = 256 * 1024;  // and their size, but for the last one's
constexpr std::size_t kBatchPieces = 200;
constexpr std::size_t kMostDrained = 1024 * 1024;  // read from a client that does not stop sending
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

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
  if (is_idle) close();
}

void Session::close() {
  if (phase_ == Phase::Closed) return;
  phase_ = Phase::Closed;
  count_sent();  // not taken by the client, yet answered and paid for
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
    if (is_closing_) {
      input_.clear();
      ::shutdown(socket_.native_handle(), SHUT_WR);
      expire_in(context_.timeouts.linger);
      return drain();
    }
    if (needs_input) return read();
  }
}

// Answers requests until the batch is large enough, one must wait for the engine, or the
// connection is to be closed. Returns whether it stopped for want of input.
bool Session::take_requests() {
  while (!is_closing_ && phase_ != Phase::Waiting && sent_.size() < kBatchAnswers &&
         output_.size() < kBatchBytes && output_.pieces() < kBatchPieces) {
    if (!take_request()) return !is_closing_;
  }
  return false;
}

// False: more bytes are needed, or the request was refused.
bool Session::take_request() {
  if (input_.empty()) {
    if (!is_in_request_) expire_in(context_.timeouts.idle);
    return false;
  }
  std::size_t consumed = 0;
  const auto state = parser_.parse(input_.received(), consumed);
  if (state == routing::RequestParser::State::Complete) {
    request_bytes_ = consumed;
    is_in_request_ = true;
    return answer_request();
  }
  if (state == routing::RequestParser::State::Failed) {
    context_.connections.malformed.fetch_add(1, std::memory_order_relaxed);
    refuse_unread(parser_.status());
    return false;
  }
  input_.consume(consumed);
  if (input_.is_full()) {  // a chunk's header or a trailer without end
    refuse(431);
    return false;
  }
  if (!is_in_request_ && (!input_.empty() || parser_.is_in_body())) {
    is_in_request_ = true;
    expire_in(context_.timeouts.header);
  }
  if (parser_.is_in_body() && (is_in_body_ || take_head())) static_cast<void>(hold_body());
  return false;
}

// Not while the connections are many and this one is beyond them.
bool Session::may_ask_for(std::string_view target) const noexcept {
  if (!peer_.is_for_own_only) return true;
  const auto folder = routing::own_folder_of(target);
  if (folder && !routing::own_folders()[*folder].is_for_clients) return true;
  const auto open = context_.connections.open.load(std::memory_order_relaxed);
  return open <= static_cast<std::int64_t>(context_.max_connections);
}

// Of a request whose body is still to come: that is taken only from who may make the request.
// False: it is refused, and the connection ends with it.
bool Session::take_head() {
  if (!may_ask_for(parser_.head().target)) {
    turn_away();
    return false;
  }
  if (!context_.router.admit(parser_.head(), peer_.is_local, exchange_)) {
    is_closing_ = true;  // what follows is a body that nobody reads
    if (context_.samples.is_due()) sample();
    respond();
    return false;
  }
  is_in_body_ = true;
  expire_in(context_.timeouts.body);
  if (parser_.take_continue()) {
    output_.text() += kContinue;
    output_.text_done();
  }
  return true;
}

void Session::turn_away() {
  context_.connections.over_limit.fetch_add(1, std::memory_order_relaxed);
  refuse(503, "too many client connections");
}

// Counts what has come of the body among all bodies. False: there are too many, it is refused.
bool Session::hold_body() {
  const auto& body = parser_.body();
  if (body.empty() || body_share_.grow_to(body.capacity())) return true;
  context_.connections.bodies_refused.fetch_add(1, std::memory_order_relaxed);
  parser_.reset();
  body_share_.release();
  refuse(503, "too many request bodies at once");
  return false;
}

// False: it was refused, and the connection ends with it.
bool Session::answer_request() {
  const auto& head = parser_.head();
  if (head.method == routing::Method::Post && !hold_body()) return false;
  if (!may_ask_for(head.target)) {
    turn_away();
    return false;
  }
  const bool is_admitted = is_in_body_ || context_.router.admit(head, peer_.is_local, exchange_);
  const auto action = is_admitted ? context_.router.answer(head, parser_.body(), exchange_)
                                  : routing::Router::Action::Answered;
  if (context_.samples.is_due()) sample();
  if (context_.trace != nullptr) record();
  act_on(action);
  return true;
}

void Session::act_on(routing::Router::Action action) {
  if (action == routing::Router::Action::Answered) return respond();
  if (action == routing::Router::Action::AskLater) return ask_later();
  ask_engine();
}

void Session::sample() {
  const bool is_refused = exchange_.answer.http_status >= 400;  // the engine's is not known yet
  const bool is_of_provider = !exchange_.is_own && !exchange_.folder && !is_refused;
  context_.samples.sample(is_of_provider ? &exchange_.request : nullptr);
}

// A request that clients make, and not one that was refused as it stands.
void Session::record() {
  if (exchange_.is_own || exchange_.folder || exchange_.answer.http_status >= 400) return;
  if (parser_.head().method == routing::Method::Post) return;
  context_.trace->add(exchange_.request, exchange_.client);
}

void Session::ask_engine() {
  phase_ = Phase::Waiting;
  auto request =
      context_.router.engine_request(parser_.head(), std::move(parser_.body()), exchange_);
  ask_proxy(context_,
            shared_from_this(),
            std::move(request),
            std::exchange(body_share_, ByteShare(context_.bodies)));
}

void Session::ask_later() {
  phase_ = Phase::Waiting;
  http::ask_later(context_,
                  shared_from_this(),
                  std::exchange(exchange_.work, {}),
                  std::exchange(body_share_, ByteShare(context_.bodies)));
}

void Session::deliver(proxy::Answer answer) {
  exchange_.answer = std::move(answer);
  if (phase_ != Phase::Waiting) {  // the client has gone, but what it asked for was fetched
    account();
    return count_sent();
  }
  phase_ = Phase::Reading;
  context_.now = steady_clock::now();
  respond();
  run();
}

// Appends the answer to the request in hand to the output, and lets go of the request.
void Session::respond() {
  const auto& head = parser_.head();
  if (!head.keep_alive || context_.is_stopping) is_closing_ = true;
  routing::ResponseContext about;
  about.date = context_.date.at(std::time(nullptr));
  about.extra_fields = exchange_.extra_fields;
  about.if_none_match = head.if_none_match;
  about.is_own = exchange_.is_own;
  about.spend_mode = context_.router.spend_mode();
  about.is_http_1_0 = head.is_http_1_0;
  about.keep_alive = !is_closing_;
  auto& answer = exchange_.answer;
  account();
  const auto size_before = output_.size();
  const bool has_body =
      head.method != routing::Method::Head && !routing::is_not_modified(answer, about);
  routing::append_head(output_.text(), answer, about);
  output_.text_done();
  if (has_body) output_.add_body(answer);
  sent_.back().bytes = output_.size() - size_before;
  answer.clear();
  input_.consume(request_bytes_);
  request_bytes_ = 0;
  is_in_request_ = is_in_body_ = false;
  parser_.reset();
  body_share_.release();
}

// What the answer in hand will be counted as once it is written; its size is yet to be told.
void Session::account() {
  const auto& answer = exchange_.answer;
  context_.asks.add(answer.asked);
  sent_.push_back(
      {.client = context_.ids.clients[exchange_.client_position],
       .endpoint = context_.ids.endpoints[context_.router.counted_as(exchange_)],
       .way = way_of(answer, exchange_.is_own),
       .bytes = 0,
       .credits = static_cast<std::uint64_t>(answer.cost.count),
       .worth = static_cast<std::uint64_t>(worth_of(answer, exchange_.list_price).count)});
}

// Answers what is not an acceptable request; the connection ends with it.
void Session::refuse(unsigned status, std::string_view detail) {
  exchange_.is_own = true;
  routing::fill_problem(exchange_.answer, status, detail);
  if (status == 503) exchange_.answer.retry_after = std::chrono::seconds(1);
  end_with_answer();
}

void Session::refuse_unread(unsigned status) {
  context_.router.refuse_unread(input_.received(), status, exchange_);
  end_with_answer();
}

// Appends the answer in hand, which is of no request that was taken.
void Session::end_with_answer() {
  is_closing_ = true;
  routing::ResponseContext about;
  about.date = context_.date.at(std::time(nullptr));
  about.is_own = exchange_.is_own;
  about.keep_alive = false;
  routing::append_head(output_.text(), exchange_.answer, about);
  output_.text_done();
  output_.add_body(exchange_.answer);
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

void Session::count_sent() {
  if (sent_.empty()) return;
  context_.now = steady_clock::now();
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

// After the last answer: reads and drops what the client still sends, so that closing does not take
// the answer away from it.
void Session::drain() {
  read();
  phase_ = Phase::Draining;
}

}  // namespace quotecached::http
