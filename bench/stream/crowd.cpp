#include "stream/crowd.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace quotecached::bench {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// When the kernel took in what was received.
std::chrono::nanoseconds arrival(msghdr& message) {
  for (auto* field = CMSG_FIRSTHDR(&message); field != nullptr;
       field = CMSG_NXTHDR(&message, field)) {
    if (field->cmsg_level != SOL_SOCKET || field->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec at{};
    std::memcpy(&at, CMSG_DATA(field), sizeof at);
    return std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec);
  }
  return {};
}

}  // namespace

Crowd::Crowd(std::size_t listeners, std::uint16_t port, const std::string& target)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), buffer_(256 * 1024) {
  if (epoll_ < 0) fail("epoll");
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(port);
  const auto request = "GET " + target + " HTTP/1.1\r\nHost: bench\r\n\r\n";
  for (std::size_t i = 0; i < listeners; ++i) connect_one(to, request);
  read_at_.resize(listeners);
  arrived_at_.resize(listeners);
}

Crowd::~Crowd() {
  for (const int socket : sockets_) ::close(socket);
  ::close(epoll_);
}

void Crowd::connect_one(const sockaddr_in& to, const std::string& request) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) fail("socket");
  const int on = 1;
  if (::setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0) fail("timestamps");
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) fail("connect");
  if (::send(socket, request.data(), request.size(), MSG_NOSIGNAL) < 0) fail("send");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = sockets_.size();
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) != 0) fail("epoll");
  sockets_.push_back(socket);
}

void Crowd::read(std::size_t listener) {
  iovec into{buffer_.data(), buffer_.size()};
  alignas(cmsghdr) std::array<char, 256> fields;
  msghdr message{};
  message.msg_iov = &into;
  message.msg_iovlen = 1;
  message.msg_control = fields.data();
  message.msg_controllen = fields.size();
  const auto count = ::recvmsg(sockets_[listener], &message, MSG_DONTWAIT);
  if (count > 0) {
    bytes_ += static_cast<std::size_t>(count);
    read_at_[listener] = Steady::now();
    arrived_at_[listener] = arrival(message);
  } else if (count == 0 || errno != EAGAIN) {
    ++closed_;
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, sockets_[listener], nullptr);
  }
}

std::vector<std::chrono::microseconds> Crowd::round(std::chrono::milliseconds quiet,
                                                    std::chrono::milliseconds limit) {
  std::ranges::fill(read_at_, Steady::time_point{});
  std::ranges::fill(arrived_at_, std::chrono::nanoseconds{});
  std::array<epoll_event, 512> events;
  for (auto wait = limit;; wait = quiet) {
    const int count =
        ::epoll_wait(epoll_, events.data(), events.size(), static_cast<int>(wait.count()));
    if (count <= 0) break;
    for (int i = 0; i < count; ++i) read(events[static_cast<std::size_t>(i)].data.u64);
  }
  auto first = Steady::time_point::max();
  for (const auto at : read_at_)
    if (at != Steady::time_point{}) first = std::min(first, at);
  std::vector<std::chrono::microseconds> late;
  for (const auto at : read_at_)
    if (at != Steady::time_point{})
      late.push_back(std::chrono::duration_cast<std::chrono::microseconds>(at - first));
  return late;
}

std::chrono::microseconds Crowd::spread() const {
  auto first = std::chrono::nanoseconds::max();
  std::chrono::nanoseconds last{};
  for (const auto at : arrived_at_) {
    if (at.count() == 0) continue;
    first = std::min(first, at);
    last = std::max(last, at);
  }
  return std::chrono::duration_cast<std::chrono::microseconds>(std::max(last - first, {}));
}

}  // namespace quotecached::bench
