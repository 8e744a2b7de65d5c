// A bound on the bytes that many hold together, and the share of one of them.
//
// Any thread; a share is one thread's at a time and keeps its pool.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace quotecached::http {

class BytePool {
 public:
  explicit BytePool(std::size_t most) : most_(most) {}

  [[nodiscard]] std::size_t held() const noexcept { return held_.load(std::memory_order_relaxed); }

  // False: it would be too much, and nothing is taken.
  [[nodiscard]] bool take(std::size_t bytes) noexcept {
    const auto before = held_.fetch_add(bytes, std::memory_order_relaxed);
    if (before + bytes <= most_) return true;
    give_back(bytes);
    return false;
  }
  void give_back(std::size_t bytes) noexcept { held_.fetch_sub(bytes, std::memory_order_relaxed); }

 private:
  const std::size_t most_;
  std::atomic<std::size_t> held_{0};
};

// Gives back what it holds when it goes.
class ByteShare {
 public:
  ByteShare() = default;
  explicit ByteShare(std::shared_ptr<BytePool> pool) : pool_(std::move(pool)) {}
  ~ByteShare() { release(); }
  ByteShare(ByteShare&& other) noexcept
      : pool_(std::move(other.pool_)), bytes_(std::exchange(other.bytes_, 0)) {}
  ByteShare& operator=(ByteShare&& other) noexcept {
    release();
    pool_ = std::move(other.pool_);
    bytes_ = std::exchange(other.bytes_, 0);
    return *this;
  }

  // False: the pool's bound would be passed; the share stays as it was. Requires: it has a pool.
  [[nodiscard]] bool grow_to(std::size_t bytes) noexcept {
    if (bytes <= bytes_) return true;
    if (!pool_->take(bytes - bytes_)) return false;
    bytes_ = bytes;
    return true;
  }
  void release() noexcept {
    if (bytes_ > 0) pool_->give_back(std::exchange(bytes_, 0));
  }

 private:
  std::shared_ptr<BytePool> pool_;
  std::size_t bytes_ = 0;
};

}  // namespace quotecached::http
