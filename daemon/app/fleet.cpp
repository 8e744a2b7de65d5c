#include "app/fleet.hpp"

namespace quotecached::app {

void Fleet::tick(TimePoint now) {
  if (!is_idle() || !sharer_->is_due(now)) return;
  auto task = exchange(now);
  tasks_.spawn("share popularity", std::move(task));
}

asio::awaitable<void> Fleet::exchange(TimePoint now) {
  const auto how = co_await sharer_->exchange(now);  // which has told the log of a failure
  if (how && fetcher_ != nullptr) co_await fetcher_->take_over();
}

asio::awaitable<bool> Fleet::settle(std::chrono::milliseconds limit) {
  co_return co_await tasks_.join(limit);
}

asio::awaitable<void> Fleet::stop(TimePoint now, std::chrono::milliseconds limit) {
  const bool is_over = co_await tasks_.join(limit);
  tasks_.cancel();
  if (is_over && limit.count() > 0) (void)co_await sharer_->exchange(now);
}

}  // namespace quotecached::app
