#include "io/event.hpp"

#include <list>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/on_exit.hpp"

namespace quotecached::io {
namespace {

struct Waiter {
  asio::steady_timer* timer;  // in the frame of the coroutine that waits
  bool was_set = false;
};

}  // namespace

struct Event::State {
  bool is_set = false;
  std::list<Waiter*> waiters;

  void wake_all() {
    for (Waiter* waiter : std::exchange(waiters, {})) {
      waiter->was_set = is_set;
      waiter->timer->expires_at(std::chrono::steady_clock::time_point::min());
    }
  }
};

Event::Event() : state_(std::make_shared<State>()) {}

Event::~Event() {
  state_->is_set = false;
  state_->wake_all();
}

void Event::set() {
  state_->is_set = true;
  state_->wake_all();
}

void Event::clear() noexcept { state_->is_set = false; }

bool Event::is_set() const noexcept { return state_->is_set; }

std::size_t Event::waiting() const noexcept { return state_->waiters.size(); }

asio::awaitable<bool> Event::wait_for(std::chrono::milliseconds limit) {
  return wait(state_, limit);
}

asio::awaitable<bool> Event::wait(std::shared_ptr<State> state, std::chrono::milliseconds limit) {
  if (state->is_set) co_return true;
  asio::steady_timer timer(co_await asio::this_coro::executor, limit);
  Waiter waiter{&timer};
  state->waiters.push_back(&waiter);
  const OnExit leave([&state, &waiter] { state->waiters.remove(&waiter); });

  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  co_return waiter.was_set;
}

}  // namespace quotecached::io
