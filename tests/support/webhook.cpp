#include "support/webhook.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace quotecached::test {
namespace {

constexpr int kPollMs = 20;  // how often the thread looks whether it shall end

bool is_readable(int fd) {
  pollfd wanted{fd, POLLIN, 0};
  return ::poll(&wanted, 1, kPollMs) > 0;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

Webhook::Post parse_head(const std::string& head) {
  Webhook::Post post;
  const auto begin = head.find(' ') + 1;
  post.target = head.substr(begin, head.find(' ', begin) - begin);
  for (auto at = head.find("\r\n"); at + 2 < head.size();) {
    const auto end = std::min(head.find("\r\n", at + 2), head.size());
    const std::string line = head.substr(at + 2, end - at - 2);
    const auto colon = line.find(':');
    if (colon != std::string::npos) {
      post.headers[lower(line.substr(0, colon))] =
          line.substr(std::min(line.size(), line.find_first_not_of(' ', colon + 1)));
    }
    at = end;
  }
  return post;
}

}  // namespace

Webhook::Webhook() { start(); }

Webhook::~Webhook() { stop(); }

std::string Webhook::url(const std::string& target) const {
  return "http://127.0.0.1:" + std::to_string(port_.number()) + target;
}

void Webhook::start() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_.number());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, 16) != 0) {
    throw std::runtime_error("webhook cannot listen");
  }
  is_stopping_ = false;
  thread_ = std::thread([this] { listen(); });
}

void Webhook::stop() {
  if (!thread_.joinable()) return;
  is_stopping_ = true;
  thread_.join();
  ::close(listener_);
}

std::vector<Webhook::Post> Webhook::posts() const {
  const std::lock_guard lock(mutex_);
  return posts_;
}

// One connection at a time, one request each.
void Webhook::listen() {
  while (!is_stopping_) {
    if (!is_readable(listener_)) continue;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    serve(connection);
    ::close(connection);
  }
}

void Webhook::serve(int connection) {
  std::string input;
  std::size_t head = std::string::npos;
  std::size_t wanted = 0;
  while (!is_stopping_ && (head == std::string::npos || input.size() < head + 4 + wanted)) {
    if (!is_readable(connection)) continue;
    char bytes[4096];
    const auto count = ::recv(connection, bytes, sizeof bytes, 0);
    if (count <= 0) return;
    input.append(bytes, static_cast<std::size_t>(count));
    if (head != std::string::npos) continue;
    head = input.find("\r\n\r\n");
    if (head == std::string::npos) continue;
    const auto post = parse_head(input.substr(0, head));
    const auto length = post.headers.find("content-length");
    if (length != post.headers.end()) wanted = std::strtoul(length->second.c_str(), nullptr, 10);
  }
  if (head == std::string::npos || is_stopping_) return;
  const int status = status_;
  if (status != 0) {
    Post post = parse_head(input.substr(0, head));
    post.body = input.substr(head + 4, wanted);
    const std::lock_guard lock(mutex_);
    posts_.push_back(std::move(post));
  }
  while (status == 0 && !is_stopping_ && status_ == 0) (void)is_readable(-1);
  const std::string answer = "HTTP/1.1 " + std::to_string(status) +
                             " Status\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  (void)::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
}

}  // namespace quotecached::test
