// Which keys hits from memory were for, on their way from an I/O thread to the engine, which renews
// what clients ask for.
//
// One per I/O thread, which alone calls add(); one other thread calls take(). Never blocks, never
// grows: what comes while it is full is counted, and those that are kept stand for it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace quotecached::http {

class AskLog {
 public:
  static constexpr std::size_t kRoom = 4096;  // a power of two

  // `keys`: hashes of the keys of an answer.
  void add(std::span<const std::uint64_t> keys) noexcept {
    const auto end = end_.load(std::memory_order_relaxed);
    const auto free = kRoom - (end - begin_.load(std::memory_order_acquire));
    if (keys.size() > free) {
      lost_.store(lost_.load(std::memory_order_relaxed) + keys.size(), std::memory_order_relaxed);
      return;
    }
    auto at = end;
    for (const auto key : keys) keys_[at++ % kRoom] = key;
    end_.store(at, std::memory_order_release);
  }

  struct Asks {
    std::vector<std::uint64_t> keys;
    double each = 1;  // asks that a key stands for
  };
  // What came since this was called last.
  [[nodiscard]] Asks take();

 private:
  std::array<std::uint64_t, kRoom> keys_{};
  std::atomic<std::size_t> begin_{0};  // of what was not taken yet; both only ever grow
  std::atomic<std::size_t> end_{0};
  std::atomic<std::uint64_t> lost_{0};  // keys for which there was no room
  std::uint64_t lost_before_ = 0;       // when it was taken last
};

}  // namespace quotecached::http
