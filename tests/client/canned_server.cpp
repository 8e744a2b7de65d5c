#include "client/canned_server.hpp"

#include <array>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace quotecache::test {
namespace {

constexpr int kTick = 20;  // milliseconds between looks whether to stop

int listen_on(const sockaddr* address, socklen_t size) {
  const int fd = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || ::bind(fd, address, size) != 0 || ::listen(fd, 16) != 0)
    throw std::runtime_error("the canned server cannot listen");
  return fd;
}

// What follows the head, by its Content-Length.
std::size_t body_size(std::string_view head) {
  constexpr std::string_view kField = "Content-Length: ";
  const auto at = head.find(kField);
  if (at == std::string_view::npos) return 0;
  return std::stoul(std::string(head.substr(at + kField.size(), 10)));
}

// The first whole request in what arrived.
std::optional<std::string> take_request(std::string& input) {
  const auto end = input.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  const std::size_t size = end + 4 + body_size(std::string_view(input).substr(0, end + 2));
  if (input.size() < size) return std::nullopt;
  std::string request = input.substr(0, size);
  input.erase(0, size);
  return request;
}

bool send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// "GET /target" of "GET /target HTTP/1.1...".
std::string first_words(const std::string& request) {
  return request.substr(0, request.find(" HTTP/"));
}

}  // namespace

CannedServer::CannedServer(Answers answers) : answers_(std::move(answers)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  listener_ = listen_on(any, size);
  ::getsockname(listener_, any, &size);
  address_ = "http://127.0.0.1:" + std::to_string(::ntohs(address.sin_port));
  thread_ = std::thread([this] { serve(); });
}

CannedServer::CannedServer(Answers answers, const std::filesystem::path& socket)
    : answers_(std::move(answers)), address_("unix:" + socket.string()) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket.string().copy(address.sun_path, sizeof address.sun_path - 1);
  listener_ = listen_on(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  thread_ = std::thread([this] { serve(); });
}

CannedServer::~CannedServer() {
  is_stopping_ = true;
  thread_.join();
  ::close(listener_);
}

std::vector<std::string> CannedServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void CannedServer::serve() {
  while (!is_stopping_) {
    pollfd ready{listener_, POLLIN, 0};
    if (::poll(&ready, 1, kTick) != 1) continue;
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    ++connections_;
    serve_connection(fd);
    ::close(fd);
  }
}

void CannedServer::serve_connection(int fd) {
  std::string input;
  std::array<char, 4096> part{};
  while (!is_stopping_) {
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, kTick) != 1) continue;
    const ssize_t size = ::read(fd, part.data(), part.size());
    if (size <= 0) return;
    input.append(part.data(), static_cast<std::size_t>(size));
    while (const auto request = take_request(input)) {
      if (!answer(fd, *request)) return;
    }
  }
}

bool CannedServer::answer(int fd, const std::string& request) {
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  const auto found = answers_.find(first_words(request));
  const CannedAnswer answer = found == answers_.end() ? CannedAnswer{404, "{}"} : found->second;
  if (answer.never_ends) return true;
  if (answer.is_raw) {
    send_all(fd, answer.body);
    return false;
  }
  return send_all(fd,
                  "HTTP/1.1 " + std::to_string(answer.status) +
                      " Status\r\nContent-Type: application/json\r\nContent-Length: " +
                      std::to_string(answer.body.size()) + "\r\n\r\n" + answer.body);
}

}  // namespace quotecache::test
