// A program that runs beside the daemon: started without a shell, waited for without blocking.
//
// Used on one loop only. The child leads a process group of its own, gets its input as a file,
// keeps the daemon's standard error, and inherits no other descriptor, no ignored or blocked signal
// and no environment but what it is given. One that still runs at the end of its Child is killed.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/types.h>

#include "base/result.hpp"

namespace quotecached::alert {

namespace asio = boost::asio;

class Child {
 public:
  struct Program {
    std::vector<std::string> arguments;    // the first is looked for in PATH
    std::vector<std::string> environment;  // "NAME=value"
    std::string input;
  };

  // Fails with Unavailable when it cannot be started. Requires: at least one argument.
  static Result<Child> start(const asio::any_io_executor& loop, const Program& program);
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();

  // Fails with Timeout when it still runs after `limit`.
  asio::awaitable<Result<void>> wait_for(std::chrono::milliseconds limit);

  // To all of its process group. Requires: its status was not taken.
  void signal(int number) const noexcept;

  // Fails with Unavailable unless it exited with 0. Requires: it has ended; to be called once.
  Result<void> take_status();

 private:
  // For one that cannot be waited for. Blocks until it has ended, which is at once.
  void end() noexcept;

  Child(pid_t pid, asio::posix::stream_descriptor ended) : pid_(pid), ended_(std::move(ended)) {}

  pid_t pid_;                             // -1 once its status was taken, or moved from
  asio::posix::stream_descriptor ended_;  // becomes readable
};

}  // namespace quotecached::alert
