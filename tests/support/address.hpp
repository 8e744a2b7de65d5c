// Where a test's server listens, and plain connections to it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "support/wait.hpp"

namespace quotecached::test {

enum class Transport : std::uint8_t { Unix, Tcp };

// A free port of 127.0.0.1 that nobody else gets while this lives: bound, never listened on. A
// server that sets SO_REUSEADDR (all here do) may listen on it, again and again.
class ReservedPort {
 public:
  ReservedPort();
  ~ReservedPort();
  ReservedPort(const ReservedPort&) = delete;
  ReservedPort& operator=(const ReservedPort&) = delete;

  [[nodiscard]] std::uint16_t number() const noexcept { return number_; }

 private:
  int fd_ = -1;
  std::uint16_t number_ = 0;
};

// A blocking connection with a limit on every wait. Members throw std::runtime_error on failure.
class Connection {
 public:
  explicit Connection(const std::filesystem::path& socket);
  explicit Connection(std::uint16_t port);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send(std::string_view text);
  // What arrives until it ends with `end`, or the peer closes.
  std::string read_until(std::string_view end, milliseconds limit = milliseconds(5'000));
  // One byte, as soon as there is one.
  char read_byte(milliseconds limit = milliseconds(5'000));

 private:
  int fd_ = -1;
};

}  // namespace quotecached::test
