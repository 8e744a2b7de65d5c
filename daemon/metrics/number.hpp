// A counter that other threads add to, as Prometheus is told it.
#pragma once

#include <atomic>

namespace quotecached::metrics {

template <class Number>
[[nodiscard]] double number_in(const std::atomic<Number>& cell) noexcept {
  return static_cast<double>(cell.load(std::memory_order_relaxed));
}

}  // namespace quotecached::metrics
