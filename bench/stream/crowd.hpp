// Many listeners to one stream, read by one thread: what each has received, and when.
//
// Not thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <netinet/in.h>

namespace quotecached::bench {

class Crowd {
 public:
  using Steady = std::chrono::steady_clock;

  // `port` of 127.0.0.1.
  Crowd(std::size_t listeners, std::uint16_t port, const std::string& target);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  // Reads until nothing has come for `quiet`, but waits `limit` for the first byte. Returns how
  // much later than the first byte of all each listener had its last one, for those that had any.
  std::vector<std::chrono::microseconds> round(std::chrono::milliseconds quiet,
                                               std::chrono::milliseconds limit);

  // In the last round, by the kernel's clock: how much later the last listener was sent something
  // than the first, whenever they read it.
  [[nodiscard]] std::chrono::microseconds spread() const;

  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t closed() const noexcept { return closed_; }

 private:
  void connect_one(const sockaddr_in& to, const std::string& request);
  void read(std::size_t listener);

  int epoll_;
  std::vector<int> sockets_;
  std::vector<Steady::time_point> read_at_;           // zero: nothing in this round
  std::vector<std::chrono::nanoseconds> arrived_at_;  // since 1970; zero likewise
  std::vector<char> buffer_;
  std::size_t bytes_ = 0;
  std::size_t closed_ = 0;
};

}  // namespace quotecached::bench
