// What the daemon does by the clock rather than by request: reviews of credits, flushes of usage,
// pruning, giving memory back, and readings of the provider's own count.
//
// Owned by the daemon while it runs; used on the engine's loop only.
#pragma once

#include <chrono>
#include <functional>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "app/heap.hpp"
#include "io/task_group.hpp"

namespace quotecached::app {

namespace asio = boost::asio;

struct Parts;

// What is due by the clock: each second at most, and shortly after each minute's end. Neither
// waits.
void do_each_second(Parts& parts);
void do_each_minute(Parts& parts);

// Hands what was counted up to now to the database. Requires: there is a recorder.
void flush_usage(Parts& parts);

class Housekeeper {
 public:
  explicit Housekeeper(Parts& parts);

  void start();

  // Once no call is made any more: writes down what was counted, delivers what alerts are left.
  asio::awaitable<void> stop(std::chrono::milliseconds limit);

 private:
  // Does what is due as the clock goes on.
  void keep_time();
  // Logs a failure: the next round may go better.
  void attempt(std::string_view what, const std::function<void()>& step);
  asio::awaitable<void> review_each_second();
  asio::awaitable<void> flush_each_minute();
  asio::awaitable<void> trim_heap();

  Parts& parts_;
  Heap heap_;
  io::TaskGroup tasks_;
};

}  // namespace quotecached::app
