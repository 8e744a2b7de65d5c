#include "examples/relay.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace quotecached::test {
namespace {

constexpr int kStopWithin = 20;  // ms until a stop is seen

sockaddr_in local(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

Relay::Relay(std::uint16_t server)
    : server_(server), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = local(0);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (listener_ < 0 || ::bind(listener_, generic, size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, generic, &size) != 0)
    throw std::runtime_error(std::string("relay: ") + std::strerror(errno));
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

Relay::~Relay() {
  is_stopping_ = true;
  thread_.join();
  ::close(listener_);
  for (const auto& pair : pairs_) {
    ::close(pair.client);
    ::close(pair.server);
  }
}

void Relay::cut() {
  const std::lock_guard lock(mutex_);
  for (const auto& pair : pairs_) {
    ::shutdown(pair.client, SHUT_RDWR);
    ::shutdown(pair.server, SHUT_RDWR);
  }
}

std::vector<std::string> Relay::heads() const {
  const std::lock_guard lock(mutex_);
  return heads_;
}

void Relay::accept_one() {
  Pair pair{::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC),
            ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
            heads_.size()};
  const sockaddr_in to = local(server_);
  if (pair.client < 0 || pair.server < 0 ||
      ::connect(pair.server, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    ::close(pair.client);
    ::close(pair.server);
    return;
  }
  const std::lock_guard lock(mutex_);
  pairs_.push_back(pair);
  heads_.emplace_back();
}

bool Relay::pass(const Pair& pair, int from) {
  std::array<char, 16'384> bytes{};
  const ssize_t count = ::recv(from, bytes.data(), bytes.size(), 0);
  if (count <= 0) return false;
  const std::string_view text(bytes.data(), static_cast<std::size_t>(count));
  if (from == pair.server) return send_all(pair.client, text);
  {
    const std::lock_guard lock(mutex_);
    heads_[pair.number] += text;
  }
  return send_all(pair.server, text);
}

void Relay::serve() {
  while (!is_stopping_) {
    std::vector<pollfd> polled{{listener_, POLLIN, 0}};
    for (const auto& pair : pairs_) {
      polled.push_back({pair.client, POLLIN, 0});
      polled.push_back({pair.server, POLLIN, 0});
    }
    if (::poll(polled.data(), polled.size(), kStopWithin) <= 0) continue;
    std::vector<Pair> open;
    std::vector<Pair> ended;
    for (std::size_t at = 0; at < pairs_.size(); ++at) {
      const auto& pair = pairs_[at];
      bool is_open = true;
      for (const auto& end : {polled[2 * at + 1], polled[2 * at + 2]})
        if (end.revents != 0) is_open = is_open && pass(pair, end.fd);
      (is_open ? open : ended).push_back(pair);
    }
    {
      const std::lock_guard lock(mutex_);
      pairs_ = std::move(open);
      for (const auto& pair : ended) {
        ::close(pair.client);
        ::close(pair.server);
      }
    }
    if (polled[0].revents != 0) accept_one();
  }
}

}  // namespace quotecached::test
