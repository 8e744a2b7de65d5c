// One thread that drives any number of transfers, timers and posted tasks: libcurl's multi
// interface.
//
// All but post(), make() and is_own_thread() is for its own thread alone. When the last owner lets
// go, the loop runs dry: transfers end with CURLE_ABORTED_BY_CALLBACK, timers run at once.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include <curl/curl.h>

#include "quotecache/error.hpp"
#include "src/daemons.hpp"

namespace quotecache {

class Loop {
 public:
  using Task = std::function<void()>;
  using Ended = std::function<void(CURLcode)>;

  // Fails with Unavailable where no thread can be had. The pointer's deleter ends the thread, and
  // waits for that unless it is called on it.
  [[nodiscard]] static Result<std::shared_ptr<Loop>> make(std::size_t most_connections);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Tasks run in the order posted. Thread-safe.
  void post(Task task);
  [[nodiscard]] bool is_own_thread() const noexcept {
    return std::this_thread::get_id() == thread_id_.load();
  }

  // `ended` is called once, when the transfer is over, but for cancelled ones.
  void start(CURL* handle, Ended ended);
  void cancel(CURL* handle);
  void after(milliseconds length, Task task);
  [[nodiscard]] bool is_stopping() const noexcept { return is_stopping_; }

 private:
  explicit Loop(CURLM* multi) : multi_(multi) {}
  void run();
  bool run_tasks();
  void run_timers();
  void end_transfers();
  void abort_transfers();
  [[nodiscard]] int patience() const;

  CURLM* const multi_;
  std::atomic<std::thread::id> thread_id_{};
  std::atomic<bool> is_stopping_{false};
  mutable std::mutex mutex_;
  std::vector<Task> tasks_;
  // Of the loop's thread.
  std::unordered_map<CURL*, Ended> transfers_;
  std::multimap<SteadyTime, Task> timers_;
};

}  // namespace quotecache
