// Bytes received and not yet used: a growing window, moved to the front when room runs short.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace quotecached::http {

class InputBuffer {
 public:
  static constexpr std::size_t kFirst = 4096;
  static constexpr std::size_t kMost = 64 * 1024;

  [[nodiscard]] std::string_view received() const noexcept {
    return {bytes_.get() + begin_, end_ - begin_};
  }
  [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }
  [[nodiscard]] bool is_full() const noexcept { return end_ - begin_ == kMost; }

  // Room to read into; never empty unless is_full(). Moves what was received.
  [[nodiscard]] std::span<char> prepare() {
    if (begin_ == end_) begin_ = end_ = 0;
    if (capacity_ - end_ < kFirst / 2 && begin_ > 0) {
      std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (capacity_ - end_ < kFirst / 2 && capacity_ < kMost) grow();
    return {bytes_.get() + end_, capacity_ - end_};
  }
  void commit(std::size_t count) noexcept {
    assert(count <= capacity_ - end_);
    end_ += count;
  }
  void consume(std::size_t count) noexcept {
    assert(count <= end_ - begin_);
    begin_ += count;
  }
  void clear() noexcept { begin_ = end_ = 0; }

 private:
  void grow() {
    const auto capacity = std::max(kFirst, capacity_ * 2);
    std::unique_ptr<char[]> bytes(new char[capacity]);
    if (end_ > 0) std::memcpy(bytes.get(), bytes_.get(), end_);
    bytes_ = std::move(bytes);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace quotecached::http
