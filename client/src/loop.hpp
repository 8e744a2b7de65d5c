// One thread that drives any number of transfers, timers and posted tasks: libcurl's multi
// interface.
//
// All but post(), make() and what is said to be thread-safe is for its own thread alone. When the
// last owner lets go, the loop runs dry: transfers end with CURLE_ABORTED_BY_CALLBACK, timers run
// at once. Nothing that it runs may throw: the program would end.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

#include <curl/curl.h>

#include "quotecache/error.hpp"
#include "src/daemons.hpp"
#include "src/loop_wait.hpp"

namespace quotecache {

class Loop {
 public:
  using Task = std::function<void()>;
  using Tasks = std::list<Task>;  // which move from list to list without memory
  using Ended = std::function<void(CURLcode)>;

  // Fails with Unavailable where no thread can be had. The pointer's deleter ends the thread, and
  // waits for that where LoopWait allows it.
  [[nodiscard]] static Result<std::shared_ptr<Loop>> make(std::size_t most_connections);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Tasks run in the order posted. Thread-safe. What was made beforehand always can be posted.
  void post(Tasks tasks) noexcept;
  void post(Task task) { post(Tasks(1, std::move(task))); }
  // For LoopWait. Thread-safe.
  [[nodiscard]] const LoopNode& node() const noexcept { return node_; }
  // Is this the thread of any loop?
  [[nodiscard]] static bool is_on_any() noexcept { return loop_of_this_thread() != nullptr; }

  // `ended` is called once, when the transfer is over, but for cancelled ones. Where start() or
  // after() throws std::bad_alloc nothing has begun.
  void start(CURL* handle, Ended ended);
  void cancel(CURL* handle) noexcept;
  void after(milliseconds length, Task task);
  [[nodiscard]] bool is_stopping() const noexcept { return is_stopping_; }

 private:
  explicit Loop(std::size_t most_connections);
  void stop() noexcept;
  void run() noexcept;
  bool run_tasks();
  void run_timers();
  void end_transfers();
  void abort_transfers();
  [[nodiscard]] int patience() const;

  CURLM* const multi_;
  LoopNode node_;
  std::thread thread_;  // of the owners
  std::atomic<bool> is_stopping_{false};
  mutable std::mutex mutex_;
  Tasks tasks_;
  // Of the loop's thread.
  std::unordered_map<CURL*, Ended> transfers_;
  std::multimap<SteadyTime, Task> timers_;
};

}  // namespace quotecache
