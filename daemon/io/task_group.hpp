// Coroutines that run beside their owner: counted, cancelled together, joined at the end.
//
// Nothing is detached: an owner cancels its group and joins it before it goes. A task that throws
// is logged and counted. Used on one loop only; failed() is readable by anyone.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/log.hpp"

namespace quotecached::io {

namespace asio = boost::asio;

class TaskGroup {
 public:
  TaskGroup(asio::any_io_executor loop, Log log);
  ~TaskGroup();  // cancels what still runs
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts `task`, which runs until it first waits, or to its end if it does not; `name` is for the
  // log. False once the group is cancelled: the task is then dropped unstarted.
  bool spawn(std::string name, asio::awaitable<void> task);

  // Cancels all tasks: what they wait for fails with operation_aborted.
  void cancel();

  // True when the last task has ended before `limit` passes. Tasks spawned meanwhile count.
  [[nodiscard]] asio::awaitable<bool> join(std::chrono::milliseconds limit);

  [[nodiscard]] std::size_t running() const noexcept;
  [[nodiscard]] std::uint64_t failed() const noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace quotecached::io
