#include "load/floor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace quotecached::load {
namespace {

constexpr std::size_t kMaxHead = 65536;
constexpr std::string_view kHeadEnd = "\r\n\r\n";

std::string floor_head(std::size_t body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body) + "\r\n\r\n";
}

std::string floor_answer(const Floor::Options& options) {
  std::size_t body = options.body;
  // The length of the head depends on the length it states: close in on it.
  for (int i = 0; options.total > 0 && i < 4; ++i) {
    const auto head = floor_head(body).size();
    body = options.total > head ? options.total - head : 0;
  }
  return floor_head(body) + std::string(body, 'x');
}

// The answer cut into about equal pieces.
std::vector<iovec> cut_floor_answer(std::string& answer, std::size_t pieces) {
  std::vector<iovec> parts;
  const std::size_t step = (answer.size() + pieces - 1) / pieces;
  for (std::size_t at = 0; at < answer.size(); at += step)
    parts.push_back({answer.data() + at, std::min(step, answer.size() - at)});
  return parts;
}

class FloorConnection {
 public:
  FloorConnection(int socket, const std::vector<iovec>& answer, std::size_t answer_size)
      : socket_(socket), answer_(answer), answer_size_(answer_size) {}
  ~FloorConnection() { ::close(socket_); }  // which takes it out of the poll
  FloorConnection(const FloorConnection&) = delete;
  FloorConnection& operator=(const FloorConnection&) = delete;

  // False when the connection is over.
  bool read_requests() {
    const auto got = ::recv(socket_, in_.data() + filled_, in_.size() - filled_, 0);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    filled_ += static_cast<std::size_t>(got);
    std::string_view left(in_.data(), filled_);
    for (auto end = left.find(kHeadEnd); end != left.npos; end = left.find(kHeadEnd)) {
      left.remove_prefix(end + kHeadEnd.size());
      ++owed_;
    }
    if (left.size() == in_.size()) return false;  // no head is that long
    if (left.size() != filled_) std::memmove(in_.data(), left.data(), left.size());
    filled_ = left.size();
    return write_answers();
  }

  bool write_answers() {
    while (owed_ > 0) {
      msghdr message{};
      message.msg_iovlen = collect();
      message.msg_iov = vectors_.data();
      const auto sent = ::sendmsg(socket_, &message, MSG_NOSIGNAL);
      if (sent < 0) return errno == EAGAIN || errno == EINTR;
      sent_ += static_cast<std::size_t>(sent);
      owed_ -= sent_ / answer_size_;
      sent_ %= answer_size_;
    }
    return true;
  }

  [[nodiscard]] bool has_more() const { return owed_ > 0; }
  [[nodiscard]] int socket() const { return socket_; }
  bool waits_to_write = false;

 private:
  // What is owed from `sent_` on, as far as the vectors go.
  std::size_t collect() {
    std::size_t count = 0;
    std::size_t skip = sent_;
    for (std::size_t i = 0; i < owed_ && count + answer_.size() <= vectors_.size(); ++i) {
      for (const auto& part : answer_) {
        const std::size_t gone = std::min(skip, part.iov_len);
        skip -= gone;
        if (gone == part.iov_len) continue;
        vectors_[count++] = {static_cast<char*>(part.iov_base) + gone, part.iov_len - gone};
      }
    }
    return count;
  }

  int socket_;
  const std::vector<iovec>& answer_;
  std::size_t answer_size_;
  std::size_t filled_ = 0;
  std::size_t owed_ = 0;  // answers not wholly sent
  std::size_t sent_ = 0;  // bytes of the first of them
  std::array<char, kMaxHead> in_;
  std::array<iovec, Floor::kMostPieces> vectors_;
};

tl::unexpected<Error> floor_failure(const char* what) {
  return fail(ErrorCode::Unavailable,
              std::string(what) + ": " + std::generic_category().message(errno));
}

}  // namespace

struct Floor::State {
  explicit State(const Options& options)
      : text(floor_answer(options)), answer(cut_floor_answer(text, options.pieces)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    for (auto* const connection : connections) delete connection;
    for (const int fd : {poll, listener, bell})
      if (fd >= 0) ::close(fd);
  }

  bool watch(int operation, FloorConnection* connection) const {
    epoll_event event{};
    event.events = EPOLLIN | (connection->waits_to_write ? EPOLLOUT : 0U);
    event.data.ptr = connection;
    return ::epoll_ctl(poll, operation, connection->socket(), &event) == 0;
  }

  // Of the listener and of the bell, whose places in memory stand for them.
  bool watch(int* fd) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = fd;
    return ::epoll_ctl(poll, EPOLL_CTL_ADD, *fd, &event) == 0;
  }

  void accept_all() {
    for (;;) {
      const int socket = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (socket < 0) return;
      const int on = 1;
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      auto connection = std::make_unique<FloorConnection>(socket, answer, text.size());
      if (watch(EPOLL_CTL_ADD, connection.get())) connections.insert(connection.release());
    }
  }

  void serve(FloorConnection* connection, std::uint32_t events) {
    bool is_alive = true;
    if ((events & EPOLLOUT) != 0) is_alive = connection->write_answers();
    if (is_alive && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
      is_alive = connection->read_requests();
    if (is_alive && connection->has_more() != connection->waits_to_write) {
      connection->waits_to_write = connection->has_more();
      is_alive = watch(EPOLL_CTL_MOD, connection);
    }
    if (is_alive) return;
    connections.erase(connection);
    delete connection;
  }

  std::string text;
  std::vector<iovec> answer;
  int poll = ::epoll_create1(EPOLL_CLOEXEC);
  int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int bell = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  std::unordered_set<FloorConnection*> connections;  // owned
};

Floor::Floor(std::unique_ptr<State> state, std::uint16_t port)
    : state_(std::move(state)), port_(port) {}
Floor::~Floor() = default;

Result<std::unique_ptr<Floor>> Floor::open(const Options& options) {
  auto state = std::make_unique<State>(options);
  const int on = 1;
  ::setsockopt(state->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(state->listener, generic, size) != 0) return floor_failure("bind");
  if (::listen(state->listener, SOMAXCONN) != 0) return floor_failure("listen");
  if (::getsockname(state->listener, generic, &size) != 0) return floor_failure("getsockname");
  if (!state->watch(&state->listener) || !state->watch(&state->bell)) return floor_failure("epoll");
  return std::unique_ptr<Floor>(new Floor(std::move(state), ntohs(address.sin_port)));
}

bool Floor::run() {
  std::array<epoll_event, 128> events{};
  while (true) {
    const int count =
        ::epoll_wait(state_->poll, events.data(), static_cast<int>(events.size()), -1);
    if (count < 0 && errno != EINTR) return false;
    for (int i = 0; i < count; ++i) {
      const auto& ready = events[static_cast<std::size_t>(i)];
      if (ready.data.ptr == &state_->bell) return true;
      if (ready.data.ptr == &state_->listener) {
        state_->accept_all();
      } else {
        state_->serve(static_cast<FloorConnection*>(ready.data.ptr), ready.events);
      }
    }
  }
}

void Floor::stop() noexcept {
  const std::uint64_t one = 1;
  // It can only fail when it was rung before, which is as good.
  [[maybe_unused]] const auto written = ::write(state_->bell, &one, sizeof one);
}

FloorThread::FloorThread(std::unique_ptr<Floor> floor)
    : floor_(std::move(floor)), thread_([this] { floor_->run(); }) {}

FloorThread::~FloorThread() {
  floor_->stop();
  thread_.join();
}

std::chrono::nanoseconds FloorThread::cpu() {
  clockid_t clock{};
  timespec at{};
  if (::pthread_getcpuclockid(thread_.native_handle(), &clock) != 0) return {};
  if (::clock_gettime(clock, &at) != 0) return {};
  return std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec);
}

}  // namespace quotecached::load
