#include "src/lazy_loop.hpp"

#include <utility>

namespace quotecache {

Result<std::shared_ptr<Loop>> LazyLoop::get() {
  const std::lock_guard lock(mutex_);
  if (is_closed_) return Error{ErrorCode::Unavailable, "the client is being closed"};
  if (loop_ != nullptr) return loop_;
  auto made = Loop::make(most_connections_);
  if (made) loop_ = *made;
  return made;
}

void LazyLoop::close() noexcept {
  std::shared_ptr<Loop> last;  // ends without the lock, which its callbacks may want
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  last = std::move(loop_);
}

}  // namespace quotecache
