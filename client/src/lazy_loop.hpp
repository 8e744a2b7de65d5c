// A loop that is made when it is needed first.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>

#include "quotecache/error.hpp"
#include "src/loop.hpp"

namespace quotecache {

// Thread-safe.
class LazyLoop {
 public:
  explicit LazyLoop(std::size_t most_connections) : most_connections_(most_connections) {}
  ~LazyLoop() { close(); }
  LazyLoop(const LazyLoop&) = delete;
  LazyLoop& operator=(const LazyLoop&) = delete;

  // Fails with Unavailable where no thread can be had, and once it is closed.
  [[nodiscard]] Result<std::shared_ptr<Loop>> get();
  // Lets go of the loop, which ends unless others own it, and makes no other.
  void close() noexcept;

 private:
  const std::size_t most_connections_;
  std::mutex mutex_;
  bool is_closed_ = false;
  std::shared_ptr<Loop> loop_;
};

}  // namespace quotecache
