// The floor: the least an HTTP server can do for a cached answer. What the daemon is measured
// against.
//
// One thread, level-triggered epoll, no parsing beyond the end of each request head, and one
// constant answer handed to the kernel in pieces. Keep-alive and pipelining work; request bodies do
// not. Listens on loopback.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>

#include "base/result.hpp"

namespace quotecached::load {

class Floor {
 public:
  struct Options {
    std::size_t body = 900;  // bytes
    std::size_t total = 0;   // the whole answer, head included; wins over `body`
    std::size_t pieces = 1;  // up to kMostPieces
    std::uint16_t port = 0;  // 0: any
  };
  static constexpr std::size_t kMostPieces = 256;

  // Listens. Fails with Unavailable.
  static Result<std::unique_ptr<Floor>> open(const Options& options);
  ~Floor();
  Floor(const Floor&) = delete;
  Floor& operator=(const Floor&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  // Serves until stop(); false when the kernel refuses to go on, with errno.
  bool run();
  // Any thread, and any handler of a signal.
  void stop() noexcept;

 private:
  struct State;
  Floor(std::unique_ptr<State> state, std::uint16_t port);

  std::unique_ptr<State> state_;
  std::uint16_t port_;
};

// A floor on a thread of its own, which ends with the object.
class FloorThread {
 public:
  explicit FloorThread(std::unique_ptr<Floor> floor);
  ~FloorThread();
  FloorThread(const FloorThread&) = delete;
  FloorThread& operator=(const FloorThread&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return floor_->port(); }
  // The processor time that its thread has used.
  [[nodiscard]] std::chrono::nanoseconds cpu();

 private:
  std::unique_ptr<Floor> floor_;
  std::thread thread_;
};

}  // namespace quotecached::load
