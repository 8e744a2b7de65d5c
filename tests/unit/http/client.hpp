// A blocking HTTP client for tests, that sees the bytes.
#pragma once

#include <chrono>
#include <cstring>
#include <map>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "http/unique_fd.hpp"

namespace quotecached::test {

struct HttpResponse {
  int status = 0;
  std::string head;
  std::string body;

  [[nodiscard]] bool has(std::string_view line) const {
    return head.find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
  }
  [[nodiscard]] std::string field(std::string_view name) const {
    const auto at = head.find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos) return {};
    const auto begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

class HttpClient {
 public:
  // "127.0.0.1:80" or "unix:/path".
  explicit HttpClient(const std::string& address, int receive_buffer = 0) {
    prepare(address, receive_buffer);
    connect();
  }
  HttpClient() = default;

  void prepare(const std::string& address, int receive_buffer = 0) {
    const bool is_unix = address.starts_with("unix:");
    fd_ = http::UniqueFd(::socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM, 0));
    REQUIRE(fd_.get() >= 0);
    const timeval limit{10, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (receive_buffer > 0)
      ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (is_unix) {
      auto& un = reinterpret_cast<sockaddr_un&>(address_);
      un.sun_family = AF_UNIX;
      std::strncpy(un.sun_path, address.c_str() + 5, sizeof un.sun_path - 1);
      size_ = sizeof un;
    } else {
      auto& in = reinterpret_cast<sockaddr_in&>(address_);
      const auto colon = address.rfind(':');
      in.sin_family = AF_INET;
      in.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
      ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &in.sin_addr);
      size_ = sizeof in;
    }
  }
  void connect() {
    REQUIRE(::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address_), size_) == 0);
  }

  void send(std::string_view text) {
    while (!text.empty()) {
      const auto sent = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      REQUIRE(sent > 0);
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void get(const std::string& target, const std::string& fields = "") {
    send("GET " + target + " HTTP/1.1\r\nHost: test\r\n" + fields + "\r\n");
  }

  // Reads one response; `has_body` false for an answer to HEAD.
  HttpResponse read(bool has_body = true) {
    HttpResponse response;
    while (buffer_.find("\r\n\r\n") == std::string::npos) REQUIRE_MESSAGE(fill(), buffer_);
    const auto end = buffer_.find("\r\n\r\n") + 4;
    response.head = buffer_.substr(0, end);
    buffer_.erase(0, end);
    REQUIRE(response.head.starts_with("HTTP/1.1 "));
    response.status = std::stoi(response.head.substr(9, 3));
    const auto length = response.field("Content-Length");
    if (!has_body || length.empty()) return response;
    while (buffer_.size() < std::stoul(length)) REQUIRE(fill());
    response.body = buffer_.substr(0, std::stoul(length));
    buffer_.erase(0, std::stoul(length));
    return response;
  }
  HttpResponse ask(const std::string& target, const std::string& fields = "") {
    get(target, fields);
    return read();
  }

  // All up to and with the next `text`; waits for it.
  std::string read_to(std::string_view text) {
    while (buffer_.find(text) == std::string::npos) REQUIRE_MESSAGE(fill(), buffer_);
    const auto end = buffer_.find(text) + text.size();
    auto read = buffer_.substr(0, end);
    buffer_.erase(0, end);
    return read;
  }

  // Has the server closed, with nothing more to read? Waits for it.
  bool is_closed() { return buffer_.empty() && !fill(); }

  // Is there anything to read (or an end) within `limit`?
  [[nodiscard]] bool is_readable(std::chrono::milliseconds limit) const {
    pollfd poll{fd_.get(), POLLIN, 0};
    return ::poll(&poll, 1, static_cast<int>(limit.count())) == 1;
  }
  void finish_sending() { ::shutdown(fd_.get(), SHUT_WR); }
  void close() { fd_.reset(); }

  // False at the end of the stream or a reset; a client that waits too long fails the test.
  bool fill() {
    char bytes[65536];
    const auto count = ::recv(fd_.get(), bytes, sizeof bytes, 0);
    if (count < 0) REQUIRE(errno == ECONNRESET);
    if (count <= 0) return false;
    received += static_cast<std::size_t>(count);
    buffer_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  std::size_t received = 0;

 private:
  http::UniqueFd fd_;
  sockaddr_storage address_{};
  socklen_t size_ = 0;
  std::string buffer_;
};

}  // namespace quotecached::test
