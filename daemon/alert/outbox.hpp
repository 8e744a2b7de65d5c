// What waits for one sink: a bounded queue, delivered in order and tried again with growing pauses.
//
// Used on the engine's loop only, but for counts(). Must outlive its task in the group. A message
// that fails too often is dropped, so that it does not hold up those behind it for good; so is the
// oldest that waits when the queue is full. What is dropped is counted and logged.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "alert/sink.hpp"
#include "base/log.hpp"
#include "io/task_group.hpp"

namespace quotecached::alert {

class Outbox {
 public:
  struct Options {
    std::size_t max_queued = 100;                 // the one being delivered included
    int max_tries = 20;                           // per message: about an hour
    std::chrono::milliseconds first_pause{1000};  // doubled after every failure ...
    std::chrono::milliseconds last_pause{std::chrono::minutes(5)};  // ... up to this
  };
  struct Counts {
    std::string_view sink;
    std::uint64_t sent = 0;
    std::uint64_t failed = 0;  // tries
    std::uint64_t dropped = 0;
    std::size_t queued = 0;
  };

  // Requires: max_queued > 1, max_tries > 0.
  Outbox(std::unique_ptr<Sink> sink, Options options, io::TaskGroup& tasks, Log log);

  // Never waits.
  void put(std::shared_ptr<const Message> message);
  // Gives up what is queued. To be called when the tasks have ended.
  void drop_all();

  [[nodiscard]] Counts counts() const;  // thread-safe

 private:
  asio::awaitable<void> deliver_all();
  asio::awaitable<bool> deliver(std::shared_ptr<const Message> message);
  void drop(const Message& message, std::string_view why);

  std::unique_ptr<Sink> sink_;
  Options options_;
  io::TaskGroup& tasks_;
  Log log_;
  std::deque<std::shared_ptr<const Message>> queue_;  // the first one is being delivered
  bool is_delivering_ = false;
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::size_t> queued_{0};
};

}  // namespace quotecached::alert
