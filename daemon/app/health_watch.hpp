// Watches how the daemon is: tries out the tiers, looks at the disk, the clock and the copies there
// are, and publishes a report each second. Routes read it and ask nobody.
//
// Owned by the daemon while it runs; used on the engine's loop only. By the steady clock, so that
// it goes on where the wall clock stands or is moved.
#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>

#include <boost/asio/awaitable.hpp>

#include "app/health_facts.hpp"
#include "io/offload.hpp"
#include "io/task_group.hpp"

namespace quotecached::app {

namespace asio = boost::asio;

struct Parts;

class HealthWatch {
 public:
  explicit HealthWatch(Parts& parts);

  // On return there is a first report.
  void start();
  // Requires: the chain is not stopped yet.
  asio::awaitable<void> stop(std::chrono::milliseconds limit);

 private:
  void report();
  void note_failed(const char* task, const std::exception& failure);
  void publish();
  void try_out_memory();
  asio::awaitable<void> report_each_second();
  // Does one thing; says how long to wait until it is done again.
  using Round = std::function<asio::awaitable<Moment::duration>()>;
  void keep_on(const char* task, Round round);
  asio::awaitable<void> repeat(const char* task, Round round);
  asio::awaitable<Moment::duration> try_out_tier(std::size_t tier);
  asio::awaitable<Moment::duration> look_at_disk();
  asio::awaitable<Moment::duration> look_at_copies();

  Parts& parts_;
  // A disk that hangs takes no thread of those who read from it.
  io::OffloadPool looks_;
  Watched watched_;
  io::TaskGroup tasks_;
};

}  // namespace quotecached::app
