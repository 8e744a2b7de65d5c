#include "src/loop.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "src/http_handle.hpp"

namespace quotecache {
namespace {

constexpr int kLongestPoll = 60'000;  // milliseconds

}  // namespace

Result<std::shared_ptr<Loop>> Loop::make(std::size_t most_connections) {
  CURLM* const multi = start_libcurl() ? curl_multi_init() : nullptr;
  if (multi == nullptr) return Error{ErrorCode::Unavailable, "libcurl cannot be started"};
  curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(most_connections));
  const std::shared_ptr<Loop> inner(new Loop(multi));
  std::thread thread;
  try {
    thread = std::thread([inner] { inner->run(); });
  } catch (const std::system_error& error) {
    return Error{ErrorCode::Unavailable,
                 std::string("a thread cannot be started: ") + error.code().message()};
  }
  inner->thread_id_ = thread.get_id();
  // The thread owns the loop too, since what lets go last may run on it.
  auto shared = std::make_shared<std::thread>(std::move(thread));
  return std::shared_ptr<Loop>(inner.get(), [inner, shared](Loop* loop) {
    loop->is_stopping_ = true;
    curl_multi_wakeup(loop->multi_);
    if (loop->is_own_thread()) return shared->detach();
    shared->join();
  });
}

Loop::~Loop() { curl_multi_cleanup(multi_); }

void Loop::post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  if (!is_own_thread()) curl_multi_wakeup(multi_);
}

void Loop::start(CURL* handle, Ended ended) {
  if (curl_multi_add_handle(multi_, handle) == CURLM_OK) {
    transfers_.emplace(handle, std::move(ended));
  } else {
    post([ended = std::move(ended)] { ended(CURLE_OUT_OF_MEMORY); });
  }
}

void Loop::cancel(CURL* handle) {
  if (transfers_.erase(handle) > 0) curl_multi_remove_handle(multi_, handle);
}

void Loop::after(milliseconds length, Task task) {
  timers_.emplace(std::chrono::steady_clock::now() + length, std::move(task));
}

void Loop::run() {
  thread_id_ = std::this_thread::get_id();
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
  std::vector<Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  for (auto& task : tasks) {
    task();
    task = nullptr;  // what it holds goes before the next begins
  }
  return !tasks.empty();
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
