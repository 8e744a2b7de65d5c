#include "http/worker.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <exception>
#include <system_error>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "http/accounting.hpp"

namespace quotecached::http {
namespace {

using boost::system::error_code;
using std::chrono::milliseconds;

constexpr int kAcceptedAtOnce = 64;
constexpr milliseconds kAcceptBackoff{100};

// All connections are looked through for those that make room: once for so many, and not again
// right after none was found.
constexpr std::size_t kPickedAtOnce = 64;
constexpr milliseconds kLookAgain{10};
constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n"
    "Content-Length: 105\r\nQuotecached-Refused-By: overload\r\nRetry-After: 1\r\n"
    "Connection: close\r\n\r\n"
    "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,"
    "\"detail\":\"too many client connections\"}\n";
static_assert(kFull.size() - kFull.find("\r\n\r\n") - 4 == 105);

milliseconds sweep_interval(const SessionTimeouts& timeouts) {
  const auto shortest =
      std::min({timeouts.idle, timeouts.header, timeouts.body, timeouts.write, timeouts.linger});
  return std::clamp(shortest / 4, milliseconds(10), milliseconds(1000));
}

// Is the peer of a connection on this machine, though it came in through an outside address?
bool is_loopback_peer(int connection) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (::getpeername(connection, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return false;
  if (peer.ss_family == AF_INET6)
    return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr);
  if (peer.ss_family != AF_INET) return peer.ss_family == AF_UNIX;
  return ntohl(reinterpret_cast<const sockaddr_in&>(peer).sin_addr.s_addr) >> 24 == 127;
}

}  // namespace

struct Worker::Acceptor {
  Acceptor(asio::io_context& loop, UniqueFd listening, bool tcp)
      : socket(loop.get_executor(), listening.release()), retry(loop), is_tcp(tcp) {}

  asio::posix::basic_stream_descriptor<asio::io_context::executor_type> socket;
  asio::steady_timer retry;
  bool is_tcp;
  bool is_failing = false;
};

Worker::Worker(SessionContext context, Options options)
    : context_(std::move(context)),
      options_(std::move(options)),
      work_(context_.loop->get_executor()),
      sweep_timer_(*context_.loop),
      grace_timer_(*context_.loop),
      room_(context_) {
  assert(!context_.on_closed);
  context_.on_listening = [this](StreamSocket socket,
                                 std::unique_ptr<stream::Subscription> subscription,
                                 const routing::Admission& by) {
    room_.add(std::move(socket), std::move(*subscription), by);
  };
  context_.on_closed = [this](Session& session) { remove(session); };
}

Worker::~Worker() = default;

void Worker::add_listener(UniqueFd socket, bool is_tcp) {
  acceptors_.push_back(std::make_unique<Acceptor>(*context_.loop, std::move(socket), is_tcp));
}

void Worker::run() {
  for (auto& acceptor : acceptors_) accept_on(*acceptor);
  sweep_later();
  for (;;) {
    try {
      context_.loop->run();
      return;
    } catch (const std::exception& e) {  // out of memory; what it happened to is lost, not the rest
      context_.log.error("request_handling_failed", {{"error", e.what()}});
    }
  }
}

void Worker::accept_on(Acceptor& acceptor) {
  acceptor.socket.async_wait(asio::posix::descriptor_base::wait_read,
                             [this, &acceptor](error_code failure) {
                               if (!failure) accept_some(acceptor);
                             });
}

void Worker::accept_some(Acceptor& acceptor) {
  if (context_.is_stopping) return;
  for (int i = 0; i < kAcceptedAtOnce; ++i) {
    UniqueFd connection(
        ::accept4(acceptor.socket.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (connection.get() >= 0) {
      acceptor.is_failing = false;
      take(std::move(connection), acceptor);
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;  // that one left before it was taken
    if (errno == EAGAIN) break;
    return accept_later(acceptor);
  }
  accept_on(acceptor);
}

// Out of descriptors or memory: waits for some to come back rather than spin on a ready socket.
void Worker::accept_later(Acceptor& acceptor) {
  const auto why = std::generic_category().message(errno);
  context_.connections.accept_failures.fetch_add(1, std::memory_order_relaxed);
  if (!acceptor.is_failing) context_.log.error("accept_failed", {{"error", why}});
  acceptor.is_failing = true;
  acceptor.retry.expires_after(kAcceptBackoff);
  acceptor.retry.async_wait([this, &acceptor](error_code failure) {
    if (!failure && !context_.is_stopping) accept_on(acceptor);
  });
}

void Worker::take(UniqueFd connection, const Acceptor& acceptor) {
  auto& stats = context_.connections;
  const bool is_unix = !acceptor.is_tcp;
  const auto entry = admit(is_unix);
  if (entry == Entry::None) {
    stats.open.fetch_sub(1, std::memory_order_relaxed);
    stats.over_limit.fetch_add(1, std::memory_order_relaxed);
    return turn_away(connection);
  }
  stats.accepted.fetch_add(1, std::memory_order_relaxed);
  const int on = 1;
  if (acceptor.is_tcp)  // a failure costs latency, nothing else
    ::setsockopt(connection.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const SessionPeer peer{.is_local = is_unix || is_loopback_peer(connection.get()),
                         .is_unix = is_unix,
                         .is_for_own_only = entry == Entry::OwnRoutes};
  const asio::generic::stream_protocol protocol(acceptor.is_tcp ? AF_INET : AF_UNIX, 0);
  Session::Socket socket(context_.loop->get_executor(), protocol, connection.release());
  auto session = std::make_shared<Session>(context_, std::move(socket), peer);
  session->position = sessions_.size();
  sessions_.push_back(session);
  session->start();
}

Entry Worker::admit(bool is_unix) {
  const auto most = context_.max_connections;
  auto others =
      static_cast<std::size_t>(context_.connections.open.fetch_add(1, std::memory_order_relaxed));
  auto entry = entry_when(others, most, is_unix);
  while (entry != Entry::Any && make_room()) entry = entry_when(--others, most, is_unix);
  if (entry != Entry::Any && options_.ask_for_room) options_.ask_for_room();
  return entry;
}

// Closes the one that goes first. False: nobody does.
bool Worker::make_room() {
  context_.now = std::chrono::steady_clock::now();
  bool has_looked = false;
  for (;;) {
    if (to_shed_.empty()) {
      if (has_looked) return false;
      has_looked = true;
      look_for_room();
      if (to_shed_.empty()) return false;
    }
    const auto [weak, then] = std::move(to_shed_.back());
    to_shed_.pop_back();
    const auto session = weak.lock();
    if (!session || session->standing() != then) continue;  // gone, or busy since
    session->shed();
    return true;
  }
}

void Worker::look_for_room() {
  if (context_.now - looked_in_vain_ < kLookAgain) return;
  std::vector<Standing> standings;
  standings.reserve(sessions_.size());
  for (const auto& session : sessions_) standings.push_back(session->standing());
  for (const auto at : pick_to_shed(standings, context_.now, kPickedAtOnce))
    to_shed_.emplace_back(sessions_[at], standings[at]);
  std::ranges::reverse(to_shed_);
  if (to_shed_.empty()) looked_in_vain_ = context_.now;
}

void Worker::turn_away(const UniqueFd& connection) const {
  std::array<char, 4096> request;  // read, so that closing does not reset the answer away
  // NOLINTNEXTLINE(clang-analyzer-unix.BlockInCriticalSection): it does not block
  static_cast<void>(::recv(connection.get(), request.data(), request.size(), MSG_DONTWAIT));
  const auto sent = ::send(connection.get(), kFull.data(), kFull.size(), MSG_NOSIGNAL);
  ::shutdown(connection.get(), SHUT_WR);
  const auto bytes = static_cast<std::size_t>(sent > 0 ? sent : 0);
  context_.stats.add_sent(bytes);
  context_.connections.count_refused(RefusedBy(Refuser::Overload));
  const auto& ids = context_.ids;
  context_.stats.count(
      {.client = ids.clients.front(), .endpoint = ids.other, .way = kShed, .bytes = bytes}, {});
}

void Worker::remove(Session& session) {
  const auto at = session.position;
  assert(at < sessions_.size() && sessions_[at].get() == &session);
  std::swap(sessions_[at], sessions_.back());
  sessions_[at]->position = at;
  sessions_.pop_back();
  context_.connections.open.fetch_sub(1, std::memory_order_relaxed);
  end_if_done();
}

void Worker::sweep_later() {
  sweep_timer_.expires_after(sweep_interval(context_.timeouts));
  sweep_timer_.async_wait([this](error_code failure) {
    if (failure) return;
    context_.now = std::chrono::steady_clock::now();
    // From the back: a session that goes is replaced by one that was looked at.
    for (auto i = sessions_.size(); i-- > 0;) {
      const auto session = sessions_[i];
      session->sweep();
    }
    room_.sweep(context_.now);
    if (work_.owns_work()) sweep_later();
  });
}

void Worker::give_room() {
  asio::post(*context_.loop, [this] { static_cast<void>(make_room()); });
}

void Worker::stop() {
  asio::post(*context_.loop, [this] { begin_stop(); });
}

void Worker::stop_now() {
  asio::post(*context_.loop, [this] {
    begin_stop();
    close_all();
  });
}

void Worker::begin_stop() {
  if (context_.is_stopping) return;
  context_.is_stopping = true;
  for (auto& acceptor : acceptors_) {  // closed, not destroyed: a handler may be on its way
    error_code ignored;
    acceptor->socket.close(ignored);
    acceptor->retry.cancel();
  }
  room_.end_all();
  context_.now = std::chrono::steady_clock::now();
  for (auto i = sessions_.size(); i-- > 0;) {
    const auto session = sessions_[i];
    session->begin_stop();
  }
  grace_timer_.expires_after(options_.stop_grace);
  grace_timer_.async_wait([this](error_code failure) {
    if (!failure) close_all();
  });
  end_if_done();
}

void Worker::close_all() {
  if (!sessions_.empty())
    context_.log.warn("connections_closed_unfinished", {{"count", sessions_.size()}});
  for (auto i = sessions_.size(); i-- > 0;) {
    const auto session = sessions_[i];
    session->close();
  }
}

void Worker::end_if_done() {
  if (!context_.is_stopping || !sessions_.empty()) return;
  sweep_timer_.cancel();
  grace_timer_.cancel();
  work_.reset();
}

}  // namespace quotecached::http
