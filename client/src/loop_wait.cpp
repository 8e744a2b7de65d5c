#include "src/loop_wait.hpp"

#include <mutex>

namespace quotecache {
namespace {

thread_local LoopNode* own_loop = nullptr;

// Guards `waits_for` of all loops.
std::mutex& waits_mutex() noexcept {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

const LoopNode* loop_of_this_thread() noexcept { return own_loop; }

void set_loop_of_this_thread(LoopNode& node) noexcept { own_loop = &node; }

LoopWait::LoopWait(const LoopNode& target) noexcept {
  if (own_loop == nullptr) return;  // no loop waits for such a thread
  const std::lock_guard lock(waits_mutex());
  for (const LoopNode* node = &target; node != nullptr; node = node->waits_for) {
    if (node == own_loop) is_allowed_ = false;
  }
  if (is_allowed_) own_loop->waits_for = &target;
}

LoopWait::~LoopWait() {
  if (own_loop == nullptr || !is_allowed_) return;
  const std::lock_guard lock(waits_mutex());
  own_loop->waits_for = nullptr;
}

}  // namespace quotecache
