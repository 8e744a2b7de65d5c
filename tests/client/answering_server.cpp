#include "client/answering_server.hpp"

#include <array>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace quotecache::test {
namespace {

constexpr int kLook = 20;  // milliseconds between looks whether to stop

std::size_t length_of_body(std::string_view head) {
  constexpr std::string_view kField = "Content-Length: ";
  const auto at = head.find(kField);
  if (at == std::string_view::npos) return 0;
  return std::stoul(std::string(head.substr(at + kField.size(), 10)));
}

std::optional<std::string> cut_request(std::string& input) {
  const auto end = input.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  const auto size = end + 4 + length_of_body(std::string_view(input).substr(0, end + 2));
  if (input.size() < size) return std::nullopt;
  auto request = input.substr(0, size);
  input.erase(0, size);
  return request;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

AnsweringServer::AnsweringServer(Answer answer, std::uint16_t port) : answer_(std::move(answer)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  address.sin_port = ::htons(port);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (listener_ < 0 || ::bind(listener_, any, size) != 0 || ::listen(listener_, 64) != 0)
    throw std::runtime_error("the server of the test cannot listen");
  ::getsockname(listener_, any, &size);
  port_ = ::ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

AnsweringServer::~AnsweringServer() {
  is_stopping_ = true;
  thread_.join();
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
}

void AnsweringServer::serve() {
  while (!is_stopping_) {
    pollfd ready{listener_, POLLIN, 0};
    if (::poll(&ready, 1, kLook) != 1) continue;
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    ++connections_;
    threads_.emplace_back([this, fd] {
      serve_connection(fd);
      ::close(fd);
    });
  }
}

void AnsweringServer::serve_connection(int fd) {
  std::string input;
  std::array<char, 16'384> part{};
  while (!is_stopping_) {
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, kLook) != 1) continue;
    const auto size = ::read(fd, part.data(), part.size());
    if (size <= 0) return;
    input.append(part.data(), static_cast<std::size_t>(size));
    while (const auto request = cut_request(input)) {
      if (!answer(fd, *request)) return;
    }
  }
}

bool AnsweringServer::answer(int fd, const std::string& request) {
  ++requests_;
  const Reply reply = answer_(request);
  if (reply.is_raw) {
    write_all(fd, reply.body);
    return false;
  }
  return write_all(fd,
                   "HTTP/1.1 " + std::to_string(reply.status) + " Status\r\n" + reply.fields +
                       "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n" +
                       reply.body);
}

}  // namespace quotecache::test
