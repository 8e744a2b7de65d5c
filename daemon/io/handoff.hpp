// One result on its way from another thread to a coroutine that waits for it, with a deadline.
//
// A handle: copies share the result. deliver() may come from any thread, before, while or after the
// coroutine waits, but not while its loop is being destroyed; what comes too late is dropped. The
// loop has one thread, or is a strand, and is not touched once the coroutine no longer waits.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/mutex.hpp"
#include "base/result.hpp"

namespace quotecached::io {

namespace asio = boost::asio;

template <class T>
class Handoff {
  struct Cell {
    Mutex mutex;
    std::optional<Result<T>> value GUARDED_BY(mutex);
    // The coroutine waited, and does not any more.
    bool is_abandoned GUARDED_BY(mutex) = false;
    // Empty unless a coroutine waits; its timer is in its frame.
    asio::any_io_executor loop GUARDED_BY(mutex);
    asio::steady_timer* waiter GUARDED_BY(mutex) = nullptr;

    void deliver(std::shared_ptr<Cell> self, Result<T> result) {
      const MutexLock lock(mutex);
      if (value || is_abandoned) return;
      value.emplace(std::move(result));
      if (loop) asio::post(loop, [cell = std::move(self)] { cell->wake(); });
    }
    void wake() {
      const MutexLock lock(mutex);
      if (waiter) waiter->expires_at(std::chrono::steady_clock::time_point::min());
    }
  };

  // The coroutine's place in the cell. Its end is the last moment the cell knows the loop.
  class Place {
   public:
    Place(Cell& cell, asio::steady_timer& timer) : cell_(cell) {
      const MutexLock lock(cell_.mutex);
      cell_.loop = timer.get_executor();
      cell_.waiter = &timer;
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { leave(); }

    bool has_value() {
      const MutexLock lock(cell_.mutex);
      return cell_.value.has_value();
    }
    std::optional<Result<T>> leave() {
      const MutexLock lock(cell_.mutex);
      cell_.loop = {};
      cell_.waiter = nullptr;
      cell_.is_abandoned = true;
      return std::exchange(cell_.value, std::nullopt);
    }

   private:
    Cell& cell_;
  };

 public:
  Handoff() : cell_(std::make_shared<Cell>()) {}

  // Any thread. The first result counts, all others are dropped.
  void deliver(Result<T> result) const { cell_->deliver(cell_, std::move(result)); }

  // Whoever waited has given up: there is no point in making the result.
  [[nodiscard]] bool is_abandoned() const {
    const MutexLock lock(cell_->mutex);
    return cell_->is_abandoned;
  }

  // To be awaited once. Fails with Timeout when `limit` passes first, with Unavailable when the
  // coroutine is cancelled.
  [[nodiscard]] asio::awaitable<Result<T>> receive(std::chrono::milliseconds limit) const {
    return receive_from(cell_, limit);
  }

 private:
  static asio::awaitable<Result<T>> receive_from(std::shared_ptr<Cell> cell,
                                                 std::chrono::milliseconds limit) {
    asio::steady_timer timer(co_await asio::this_coro::executor, limit);
    Place place(*cell, timer);
    boost::system::error_code error;
    if (!place.has_value()) {
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
    std::optional<Result<T>> value = place.leave();
    if (value) co_return std::move(*value);
    if (error) co_return fail(ErrorCode::Unavailable, "cancelled");
    co_return fail(ErrorCode::Timeout, "deadline passed");
  }

  std::shared_ptr<Cell> cell_;
};

}  // namespace quotecached::io
