#include "support/address.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace quotecached::test {

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

const sockaddr* generic(const void* address) { return static_cast<const sockaddr*>(address); }

int connect_to(int family, const void* address, socklen_t size) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  if (::connect(fd, generic(address), size) == 0) return fd;
  const int error = errno;
  ::close(fd);
  errno = error;
  fail("connect");
}

}  // namespace

ReservedPort::ReservedPort() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int on = 1;
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (fd_ < 0 || ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::bind(fd_, generic(&address), size) != 0 ||
      ::getsockname(fd_, static_cast<sockaddr*>(static_cast<void*>(&address)), &size) != 0) {
    fail("cannot reserve a port");
  }
  number_ = ntohs(address.sin_port);
}

ReservedPort::~ReservedPort() { ::close(fd_); }

Connection::Connection(const std::filesystem::path& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = socket.string();
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("socket path too long");
  path.copy(address.sun_path, path.size());
  fd_ = connect_to(AF_UNIX, &address, sizeof address);
}

Connection::Connection(std::uint16_t port) {
  const sockaddr_in address = loopback(port);
  fd_ = connect_to(AF_INET, &address, sizeof address);
}

Connection::~Connection() { ::close(fd_); }

void Connection::send(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (count < 0) fail("send");
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string Connection::read_until(std::string_view end, milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  std::string text;
  while (!text.ends_with(end)) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd readable{fd_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&readable, 1, static_cast<int>(left.count())) == 0) {
      throw std::runtime_error("no answer in time; got: " + text);
    }
    std::array<char, 4096> buffer{};
    const ssize_t count = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (count < 0) fail("recv");
    if (count == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

char Connection::read_byte(milliseconds limit) {
  pollfd readable{fd_, POLLIN, 0};
  char byte = 0;
  if (::poll(&readable, 1, static_cast<int>(limit.count())) <= 0) fail("no byte in time");
  if (::recv(fd_, &byte, 1, 0) != 1) fail("recv");
  return byte;
}

}  // namespace quotecached::test
