// How many listen, and what became of what they were to be told. Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "stream/fanouts.hpp"

namespace quotecached::stream {

struct Counters {
  std::atomic<std::size_t> listeners{0};
  std::atomic<std::uint64_t> begun{0};
  std::atomic<std::uint64_t> turned_away{0};  // there were as many as there may be
  std::atomic<std::uint64_t> made{0};         // events, each once for all listeners
  std::atomic<std::uint64_t> sent{0};         // events, to each listener
  std::atomic<std::uint64_t> skipped{0};      // values that a slow listener never got
  std::atomic<std::uint64_t> cut{0};          // listeners that took nothing for too long
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::size_t> channels{0};
  std::atomic<std::size_t> rows{0};  // of all channels
  Fanouts fanouts;
};
using CountersPtr = std::shared_ptr<Counters>;

// A listener's place among those that there may be. Given back when it goes.
class Place {
 public:
  Place() = default;
  // Empty when `most` have one.
  static Place take(const CountersPtr& counters, std::size_t most) {
    if (counters->listeners.fetch_add(1, std::memory_order_relaxed) < most) return Place(counters);
    counters->listeners.fetch_sub(1, std::memory_order_relaxed);
    return {};
  }
  ~Place() { release(); }
  Place(Place&& other) noexcept : counters_(std::move(other.counters_)) {}
  Place& operator=(Place&& other) noexcept {
    release();
    counters_ = std::move(other.counters_);
    return *this;
  }

  explicit operator bool() const noexcept { return counters_ != nullptr; }
  void release() noexcept {
    if (counters_) counters_->listeners.fetch_sub(1, std::memory_order_relaxed);
    counters_.reset();
  }

 private:
  explicit Place(CountersPtr counters) : counters_(std::move(counters)) {}

  CountersPtr counters_;
};

}  // namespace quotecached::stream
