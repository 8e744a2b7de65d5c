// Something that many coroutines of one loop wait for, each with its own deadline.
//
// For example the waiters of one fetch. Used on that loop only. Waiters may outlive the event:
// its destruction wakes them.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include <boost/asio/awaitable.hpp>

namespace quotecached::io {

namespace asio = boost::asio;

class Event {
 public:
  Event();
  ~Event();
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  // Wakes all who wait; who waits later does not wait at all, until clear().
  void set();
  void clear() noexcept;
  [[nodiscard]] bool is_set() const noexcept;
  [[nodiscard]] std::size_t waiting() const noexcept;

  // True when the event is set before `limit` passes; false then, and when the event is destroyed
  // or the coroutine is cancelled. One that was woken by set() gets true even if clear() came
  // before it ran.
  [[nodiscard]] asio::awaitable<bool> wait_for(std::chrono::milliseconds limit);

 private:
  struct State;
  static asio::awaitable<bool> wait(std::shared_ptr<State> state, std::chrono::milliseconds limit);

  std::shared_ptr<State> state_;
};

}  // namespace quotecached::io
