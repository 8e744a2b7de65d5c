#include "src/loop.hpp"

#include <algorithm>
#include <new>
#include <system_error>
#include <utility>

#include "src/http_handle.hpp"

namespace quotecache {
namespace {

constexpr int kLongestPoll = 60'000;  // milliseconds

}  // namespace

Loop::Loop(std::size_t most_connections) : multi_(curl_multi_init()) {
  if (multi_ == nullptr) throw std::bad_alloc();
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(most_connections));
}

Result<std::shared_ptr<Loop>> Loop::make(std::size_t most_connections) {
  if (!start_libcurl()) return Error{ErrorCode::Unavailable, "libcurl cannot be started"};
  // The thread owns the loop too, since what lets go last may run on it.
  const std::shared_ptr<Loop> inner(new Loop(most_connections));
  std::shared_ptr<Loop> loop(inner.get(), [inner](Loop* self) { self->stop(); });
  try {
    loop->thread_ = std::thread([inner] { inner->run(); });
  } catch (const std::system_error& error) {
    return Error{ErrorCode::Unavailable,
                 std::string("a thread cannot be started: ") + error.code().message()};
  }
  return loop;
}

Loop::~Loop() { curl_multi_cleanup(multi_); }

void Loop::stop() noexcept {
  if (!thread_.joinable()) return;  // it was never started
  is_stopping_ = true;
  curl_multi_wakeup(multi_);
  if (const LoopWait wait(node_); wait) return thread_.join();
  thread_.detach();
}

void Loop::post(Tasks tasks) noexcept {
  {
    const std::lock_guard lock(mutex_);
    tasks_.splice(tasks_.end(), tasks);
  }
  if (loop_of_this_thread() != &node_) curl_multi_wakeup(multi_);
}

void Loop::start(CURL* handle, Ended ended) {
  const auto [place, is_new] = transfers_.emplace(handle, std::move(ended));
  if (curl_multi_add_handle(multi_, handle) == CURLM_OK) return;
  transfers_.erase(place);
  throw std::bad_alloc();
}

void Loop::cancel(CURL* handle) noexcept {
  const auto found = transfers_.find(handle);
  if (found == transfers_.end()) return;
  curl_multi_remove_handle(multi_, handle);
  const Ended ended = std::move(found->second);  // what it holds goes when the table is in order
  transfers_.erase(found);
}

void Loop::after(milliseconds length, Task task) {
  timers_.emplace(std::chrono::steady_clock::now() + length, std::move(task));
}

void Loop::run() noexcept {
  set_loop_of_this_thread(node_);
  for (;;) {
    int running = 0;
    run_tasks();
    run_timers();
    curl_multi_perform(multi_, &running);
    end_transfers();
    if (!is_stopping_) {
      curl_multi_poll(multi_, nullptr, 0, patience(), nullptr);
      continue;
    }
    abort_transfers();
    if (!run_tasks() && transfers_.empty() && timers_.empty()) return;
  }
}

// Those there are, not those that they post.
bool Loop::run_tasks() {
  Tasks tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  const bool has_any = !tasks.empty();
  while (!tasks.empty()) {
    tasks.front()();
    tasks.pop_front();  // what it holds goes before the next begins
  }
  return has_any;
}

void Loop::run_timers() {
  const auto now = std::chrono::steady_clock::now();
  while (!timers_.empty() && (is_stopping_ || timers_.begin()->first <= now)) {
    const auto task = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    task();
  }
}

void Loop::end_transfers() {
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* const handle = message->easy_handle;
    const CURLcode code = message->data.result;
    curl_multi_remove_handle(multi_, handle);  // and the message with it
    const auto found = transfers_.find(handle);
    if (found == transfers_.end()) continue;
    const Ended ended = std::move(found->second);
    transfers_.erase(found);
    ended(code);
  }
}

void Loop::abort_transfers() {
  while (!transfers_.empty()) {
    const auto first = transfers_.begin();
    const Ended ended = std::move(first->second);
    curl_multi_remove_handle(multi_, first->first);
    transfers_.erase(first);
    ended(CURLE_ABORTED_BY_CALLBACK);
  }
}

// Until the next timer, in milliseconds. Tasks wake the poll, but for those of the loop's own.
int Loop::patience() const {
  {
    const std::lock_guard lock(mutex_);
    if (!tasks_.empty()) return 0;
  }
  if (timers_.empty()) return kLongestPoll;
  const auto left =
      std::chrono::ceil<milliseconds>(timers_.begin()->first - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<milliseconds::rep>(left.count(), 0, kLongestPoll));
}

}  // namespace quotecache
