#include "io/task_group.hpp"

#include <atomic>
#include <exception>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include "io/event.hpp"

namespace quotecached::io {
namespace {

struct Task {
  std::string name;
  asio::cancellation_signal cancel;
};

bool is_cancellation(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& e) {
    return e.code() == asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

std::string describe(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "unknown exception";
  }
}

}  // namespace

struct TaskGroup::State {
  State(asio::any_io_executor the_loop, Log the_log)
      : loop(std::move(the_loop)), log(std::move(the_log)) {
    idle.set();
  }

  asio::any_io_executor loop;
  Log log;
  std::unordered_map<std::uint64_t, std::shared_ptr<Task>> tasks;
  std::uint64_t next_id = 0;
  bool is_cancelled = false;
  Event idle;  // set while there are no tasks
  std::atomic<std::uint64_t> failed{0};

  void ended(std::uint64_t id, const std::exception_ptr& failure) {
    auto node = tasks.extract(id);
    std::shared_ptr<Task> task = std::move(node.mapped());
    if (failure && !(is_cancelled && is_cancellation(failure))) {
      failed.fetch_add(1, std::memory_order_relaxed);
      log.error("task_failed", {{"task", task->name}, {"error", describe(failure)}});
    }
    // The frame that just ended still refers to the task's cancellation slot.
    asio::post(loop, [spent = std::move(task)] {});
    if (tasks.empty()) idle.set();
  }
};

TaskGroup::TaskGroup(asio::any_io_executor loop, Log log)
    : state_(std::make_shared<State>(std::move(loop), std::move(log))) {}

TaskGroup::~TaskGroup() { cancel(); }

bool TaskGroup::spawn(std::string name, asio::awaitable<void> task) {
  if (state_->is_cancelled) return false;
  const std::uint64_t id = state_->next_id++;
  auto entry = std::make_shared<Task>();
  entry->name = std::move(name);
  const asio::cancellation_slot slot = entry->cancel.slot();
  state_->tasks.emplace(id, std::move(entry));
  state_->idle.clear();
  auto on_end = [state = state_, id](const std::exception_ptr& failure) {
    state->ended(id, failure);
  };
  asio::co_spawn(
      state_->loop, std::move(task), asio::bind_cancellation_slot(slot, std::move(on_end)));
  return true;
}

void TaskGroup::cancel() {
  state_->is_cancelled = true;
  // A task may end, and leave the map, while it is being told.
  std::vector<std::shared_ptr<Task>> told;
  told.reserve(state_->tasks.size());
  for (const auto& [id, task] : state_->tasks) told.push_back(task);
  for (const auto& task : told) task->cancel.emit(asio::cancellation_type::terminal);
}

asio::awaitable<bool> TaskGroup::join(std::chrono::milliseconds limit) {
  return state_->idle.wait_for(limit);
}

std::size_t TaskGroup::running() const noexcept { return state_->tasks.size(); }

std::uint64_t TaskGroup::failed() const noexcept {
  return state_->failed.load(std::memory_order_relaxed);
}

}  // namespace quotecached::io
