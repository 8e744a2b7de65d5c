// A client that listens to a stream of the daemon, as an EventSource does, but sees the bytes.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "e2e/json_text.hpp"
#include "support/wait.hpp"

namespace quotecached::test {

struct StreamEvent {
  std::string id;
  std::string name;
  std::string data;

  [[nodiscard]] std::string operator[](std::string_view member) const {
    return json_text(data, member);
  }
};

class EventSource {
 public:
  // `base_url`: "http://127.0.0.1:PORT". `fields`: whole lines of the head.
  EventSource(const std::string& base_url,
              const std::string& target,
              const std::string& fields = {},
              int receive_buffer = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    REQUIRE(fd_ >= 0);
    if (receive_buffer > 0)
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    in.sin_port =
        htons(static_cast<std::uint16_t>(std::stoi(base_url.substr(base_url.rfind(':') + 1))));
    REQUIRE(::connect(fd_, reinterpret_cast<const sockaddr*>(&in), sizeof in) == 0);
    const auto request = "GET " + target + " HTTP/1.1\r\nHost: test\r\n" + fields + "\r\n";
    REQUIRE(::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(request.size()));
    const auto end = read_until("\r\n\r\n");
    head = received_.substr(0, end);
    received_.erase(0, end);
  }
  ~EventSource() { ::close(fd_); }
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;

  // The next event; nothing when none comes within the limit, or the stream has ended.
  std::optional<StreamEvent> next(milliseconds limit = milliseconds(10'000)) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    for (;;) {
      while (auto block = take_block()) {
        auto event = read(*block);
        if (event.name.empty()) continue;
        if (!event.id.empty()) last_id = event.id;
        return event;
      }
      if (has_ended || !fill(deadline)) return std::nullopt;
    }
  }
  // The next one of that name; others are dropped.
  std::optional<StreamEvent> next(std::string_view name,
                                  milliseconds limit = milliseconds(10'000)) {
    for (;;) {
      auto event = next(limit);
      if (!event || event->name == name) return event;
    }
  }
  // What comes until nothing does for that long.
  std::vector<StreamEvent> all(milliseconds quiet = milliseconds(300)) {
    std::vector<StreamEvent> events;
    while (auto event = next(quiet)) events.push_back(std::move(*event));
    return events;
  }

  std::string head;
  std::string last_id;
  std::string comments;    // blocks that are no events
  bool has_ended = false;  // the connection did

 private:
  std::size_t read_until(std::string_view text) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (received_.find(text) == std::string::npos) REQUIRE_MESSAGE(fill(deadline), received_);
    return received_.find(text) + text.size();
  }

  bool fill(std::chrono::steady_clock::time_point deadline) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd poll{fd_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&poll, 1, static_cast<int>(left.count())) != 1) return false;
    char bytes[16'384];
    const auto count = ::recv(fd_, bytes, sizeof bytes, 0);
    if (count <= 0) has_ended = true;
    if (count > 0) received_.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
  }

  // Whole chunks are made text of; then the next block of that.
  std::optional<std::string> take_block() {
    for (;;) {
      const auto line = received_.find("\r\n");
      if (line == std::string::npos) break;
      const auto size = std::stoul(received_.substr(0, line), nullptr, 16);
      if (size == 0) has_ended = true;
      if (received_.size() < line + 2 + size + 2) break;
      text_ += received_.substr(line + 2, size);
      received_.erase(0, line + 2 + size + 2);
    }
    const auto end = text_.find("\n\n");
    if (end == std::string::npos) return std::nullopt;
    auto block = text_.substr(0, end + 1);
    text_.erase(0, end + 2);
    return block;
  }

  StreamEvent read(const std::string& block) {
    StreamEvent event;
    for (std::size_t begin = 0; begin < block.size();) {
      const auto end = block.find('\n', begin);
      const auto line = block.substr(begin, end - begin);
      begin = end + 1;
      const auto colon = line.find(": ");
      const auto name = line.substr(0, colon);
      if (name == "id") event.id = line.substr(colon + 2);
      if (name == "event") event.name = line.substr(colon + 2);
      if (name == "data") event.data = line.substr(colon + 2);
    }
    if (event.name.empty()) comments += block;
    return event;
  }

  int fd_;
  std::string received_;
  std::string text_;
};

}  // namespace quotecached::test
