#include "src/handle_pool.hpp"

#include <utility>

namespace quotecache {

HandlePool::Lease HandlePool::take(SteadyTime deadline) {
  std::unique_lock lock(mutex_);
  const bool is_there =
      is_idle_.wait_until(lock, deadline, [this] { return !idle_.empty() || made_ < most_; });
  if (!is_there) return {};
  if (!idle_.empty()) {
    auto handle = std::move(idle_.back());
    idle_.pop_back();
    return {this, std::move(handle)};
  }
  auto handle = std::make_unique<HttpHandle>(server_);
  ++made_;
  return {this, std::move(handle)};
}

void HandlePool::give_back(std::unique_ptr<HttpHandle> handle) noexcept {
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(handle));
  }
  is_idle_.notify_one();
}

}  // namespace quotecache
