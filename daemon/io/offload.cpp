#include "io/offload.hpp"

#include <cassert>
#include <condition_variable>
#include <deque>
#include <thread>
#include <vector>

#include "base/mutex.hpp"

namespace quotecached::io {

struct OffloadPool::State {
  explicit State(Options wanted) : options(wanted) {}

  const Options options;
  Mutex mutex;
  std::condition_variable changed;
  std::deque<std::unique_ptr<Work>> queue GUARDED_BY(mutex);
  std::size_t running GUARDED_BY(mutex) = 0;
  std::uint64_t refused GUARDED_BY(mutex) = 0;
  bool is_stopping GUARDED_BY(mutex) = false;
  std::vector<std::thread> threads;  // owned by whoever stops the pool

  void serve();
};

void OffloadPool::State::serve() {
  MutexLock lock(mutex);
  while (true) {
    while (!is_stopping && queue.empty()) lock.wait(changed);
    if (is_stopping) return;
    std::unique_ptr<Work> work = std::move(queue.front());
    queue.pop_front();
    ++running;
    lock.unlock();
    work->run();
    work.reset();
    lock.lock();
    --running;
  }
}

OffloadPool::OffloadPool(Options options) : state_(std::make_unique<State>(options)) {
  assert(options.threads > 0);
  state_->threads.reserve(options.threads);
  for (std::size_t i = 0; i < options.threads; ++i) {
    state_->threads.emplace_back([state = state_.get()] { state->serve(); });
  }
}

OffloadPool::~OffloadPool() { stop(); }

bool OffloadPool::post(std::unique_ptr<Work> work) {
  {
    const MutexLock lock(state_->mutex);
    if (state_->is_stopping || state_->queue.size() >= state_->options.max_queued) {
      ++state_->refused;
      return false;
    }
    state_->queue.push_back(std::move(work));
  }
  state_->changed.notify_one();
  return true;
}

OffloadPool::Load OffloadPool::load() const {
  const MutexLock lock(state_->mutex);
  return {state_->queue.size(), state_->running, state_->refused};
}

void OffloadPool::stop() {
  std::deque<std::unique_ptr<Work>> dropped;
  std::vector<std::thread> threads;
  {
    const MutexLock lock(state_->mutex);
    state_->is_stopping = true;
    dropped.swap(state_->queue);
    threads.swap(state_->threads);
  }
  state_->changed.notify_all();
  dropped.clear();
  for (auto& thread : threads) thread.join();
}

}  // namespace quotecached::io
