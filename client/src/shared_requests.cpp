#include "src/shared_requests.hpp"

#include <utility>

#include "src/guard.hpp"

namespace quotecache {

class SharedRequests::Request {
 public:
  explicit Request(std::string its_key) : key(std::move(its_key)) {}

  const std::string key;
  std::mutex mutex;
  std::condition_variable completed;
  bool has_followers = false;
  bool is_complete = false;
  std::shared_ptr<const Result<Quotes>> outcome;  // null though complete: memory ended
  Loop* loop = nullptr;                           // of the tasks
  Loop::Tasks tasks;
};

SharedRequests::Lead::~Lead() {
  if (request_ != nullptr) complete(out_of_memory());
}

void SharedRequests::Lead::complete(const Result<Quotes>& result) noexcept {
  const auto request = std::move(request_);
  requests_->complete(*request, result);
}

SharedRequests::Joined SharedRequests::join(const std::string& key) {
  const std::lock_guard lock(mutex_);
  if (const auto found = requests_.find(key); found != requests_.end()) {
    const std::lock_guard request_lock(found->second->mutex);
    found->second->has_followers = true;
    return {found->second, std::nullopt};
  }
  auto request = std::make_shared<Request>(key);
  requests_.emplace(request->key, request);
  return {request, Lead(*this, request)};
}

void SharedRequests::complete(Request& request, const Result<Quotes>& result) noexcept {
  {
    const std::lock_guard lock(mutex_);
    requests_.erase(request.key);  // nobody joins from here on
  }
  Loop::Tasks tasks;
  {
    const std::lock_guard lock(request.mutex);
    request.is_complete = true;
    if (!request.has_followers) return;
    // Without memory for the copy followers are told just that.
    (void)caught([&] { request.outcome = std::make_shared<const Result<Quotes>>(result); });
    tasks.swap(request.tasks);
  }
  request.completed.notify_all();
  if (!tasks.empty()) request.loop->post(std::move(tasks));
}

Result<Quotes> SharedRequests::wait(Request& request, SteadyTime deadline) {
  {
    std::unique_lock lock(request.mutex);
    request.completed.wait_until(lock, deadline, [&] { return request.is_complete; });
    if (!request.is_complete)
      return Error{ErrorCode::Timeout, "the same ask of another thread has no answer yet"};
  }
  return outcome(request);
}

void SharedRequests::when_complete(Request& request, Loop& loop, Loop::Tasks task) noexcept {
  {
    const std::lock_guard lock(request.mutex);
    request.loop = &loop;
    if (!request.is_complete) return request.tasks.splice(request.tasks.end(), task);
  }
  loop.post(std::move(task));
}

Result<Quotes> SharedRequests::outcome(const Request& request) {
  if (request.outcome == nullptr) return out_of_memory();
  return *request.outcome;
}

}  // namespace quotecache
