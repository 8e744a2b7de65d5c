// Tells people and programs of alerts: in the log, by a webhook, by a command.
//
// Owned by the engine and used on its loop only, but for counts(). tell() never waits: each sink
// has a queue of its own, so that one that is down or slow delays nothing, least of all the others.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "alert/alert.hpp"
#include "alert/outbox.hpp"
#include "alert/sink.hpp"
#include "base/log.hpp"
#include "io/task_group.hpp"

namespace quotecached::alert {

class Notifier {
 public:
  Notifier(asio::any_io_executor loop, Log log);
  // Requires: stopped, or its loop runs no more.
  ~Notifier() = default;

  // Before the first alert. Each alert goes to all sinks.
  void add(std::unique_ptr<Sink> sink, Outbox::Options options);

  void tell(const alert::Alert& alert);

  // Delivers what is queued for up to `limit`, then gives up the rest.
  asio::awaitable<void> stop(std::chrono::milliseconds limit);

  [[nodiscard]] std::vector<Outbox::Counts> counts() const;  // thread-safe

 private:
  Log log_;
  std::vector<std::unique_ptr<Outbox>> outboxes_;
  io::TaskGroup tasks_;  // before the outboxes in going
};

// A command is not tried again: it may have acted before it failed.
[[nodiscard]] Outbox::Options once(Outbox::Options options = {});

}  // namespace quotecached::alert
