// The floor: the least an HTTP server can do for a cached answer. What the daemon is measured
// against.
//
// One thread, level-triggered epoll, no parsing beyond the end of each request head, and one
// constant answer handed to the kernel in K pieces. Keep-alive and pipelining work; request bodies
// do not.
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

constexpr std::size_t kMaxHead = 65536;
constexpr std::size_t kMaxVectors = 256;
constexpr std::string_view kHeadEnd = "\r\n\r\n";

volatile std::sig_atomic_t stopping = 0;

struct Options {
  std::size_t body = 900;
  std::size_t total = 0;  // the whole answer, head included; wins over `body`
  std::size_t pieces = 1;
  std::uint16_t port = 0;
};

std::string head_for(std::size_t body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body) + "\r\n\r\n";
}

std::string answer_for(const Options& options) {
  std::size_t body = options.body;
  // The length of the head depends on the length it states: close in on it.
  for (int i = 0; options.total > 0 && i < 4; ++i) {
    const auto head = head_for(body).size();
    body = options.total > head ? options.total - head : 0;
  }
  return head_for(body) + std::string(body, 'x');
}

// The answer cut into about equal pieces.
std::vector<iovec> cut(std::string& answer, std::size_t pieces) {
  std::vector<iovec> parts;
  const std::size_t step = (answer.size() + pieces - 1) / pieces;
  for (std::size_t at = 0; at < answer.size(); at += step)
    parts.push_back({answer.data() + at, std::min(step, answer.size() - at)});
  return parts;
}

class Connection {
 public:
  Connection(int socket, const std::vector<iovec>& answer, std::size_t answer_size)
      : socket_(socket), answer_(answer), answer_size_(answer_size) {}
  ~Connection() { close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // False when the connection is over.
  bool read_requests() {
    const auto got = recv(socket_, in_.data() + filled_, in_.size() - filled_, 0);
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
      const auto count = collect();
      msghdr message{};
      message.msg_iov = vectors_.data();
      message.msg_iovlen = count;
      const auto sent = sendmsg(socket_, &message, MSG_NOSIGNAL);
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
    for (std::size_t i = 0; i < owed_ && count + answer_.size() <= kMaxVectors; ++i) {
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
  std::array<iovec, kMaxVectors> vectors_;
};

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

int listen_on(std::uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, generic, size) != 0) die("bind");
  if (listen(listener, SOMAXCONN) != 0) die("listen");
  if (getsockname(listener, generic, &size) != 0) die("getsockname");
  std::printf("listening 127.0.0.1:%u\n", ntohs(address.sin_port));
  std::fflush(stdout);
  return listener;
}

void watch(int poll, int operation, Connection* connection) {
  epoll_event event{};
  event.events = EPOLLIN | (connection->waits_to_write ? EPOLLOUT : 0U);
  event.data.ptr = connection;
  if (epoll_ctl(poll, operation, connection->socket(), &event) != 0) die("epoll_ctl");
}

void accept_all(int poll, int listener, const std::vector<iovec>& answer, std::size_t size) {
  for (;;) {
    const int socket = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) return;
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(poll, EPOLL_CTL_ADD, new Connection(socket, answer, size));
  }
}

void serve(int poll, Connection* connection, std::uint32_t events) {
  bool is_alive = true;
  if ((events & EPOLLOUT) != 0) is_alive = connection->write_answers();
  if (is_alive && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
    is_alive = connection->read_requests();
  if (!is_alive) {
    delete connection;  // closing the socket takes it out of the poll
  } else if (connection->has_more() != connection->waits_to_write) {
    connection->waits_to_write = connection->has_more();
    watch(poll, EPOLL_CTL_MOD, connection);
  }
}

void run(const Options& options, const sigset_t& while_waiting) {
  std::string text = answer_for(options);
  const auto answer = cut(text, options.pieces);
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  const int listener = listen_on(options.port);
  epoll_event event{};
  event.events = EPOLLIN;
  if (epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event) != 0) die("epoll_ctl");
  std::array<epoll_event, 128> events{};
  while (stopping == 0) {
    const int count =
        epoll_pwait(poll, events.data(), static_cast<int>(events.size()), -1, &while_waiting);
    for (int i = 0; i < count; ++i) {
      const auto& ready = events[static_cast<std::size_t>(i)];
      if (ready.data.ptr == nullptr) {
        accept_all(poll, listener, answer, text.size());
      } else {
        serve(poll, static_cast<Connection*>(ready.data.ptr), ready.events);
      }
    }
  }
}

bool read_number(std::string_view text, std::size_t& into, std::size_t most) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size() && into <= most;
}

bool read_options(int argc, char** argv, Options& options) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name(argv[i]);
    std::size_t value = 0;
    if (!read_number(argv[i + 1], value, std::size_t{1} << 30U)) return false;
    if (name == "--body") {
      options.body = value;
    } else if (name == "--total") {
      options.total = value;
    } else if (name == "--pieces" && value >= 1 && value <= kMaxVectors) {
      options.pieces = value;
    } else if (name == "--port" && value <= 65535) {
      options.port = static_cast<std::uint16_t>(value);
    } else {
      return false;
    }
  }
  return argc % 2 == 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read_options(argc, argv, options)) {
    std::fprintf(stderr,
                 "usage: floor [--body BYTES | --total BYTES] [--pieces K] [--port PORT]\n");
    return 64;
  }
  // Stopping is heard only while waiting, so that it is never missed just before.
  sigset_t stops;
  sigset_t while_waiting;
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGINT);
  sigprocmask(SIG_BLOCK, &stops, &while_waiting);
  struct sigaction stop{};
  stop.sa_handler = [](int) { stopping = 1; };
  sigaction(SIGTERM, &stop, nullptr);
  sigaction(SIGINT, &stop, nullptr);
  run(options, while_waiting);
  return 0;
}
