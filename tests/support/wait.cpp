#include "support/wait.hpp"

#include <thread>

namespace quotecached::test {

bool wait_until(const std::function<bool()>& is_true, milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!is_true()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(milliseconds(2));
  }
  return true;
}

}  // namespace quotecached::test
