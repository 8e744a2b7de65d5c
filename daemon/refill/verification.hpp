// Finds out by a call of our own, which costs nothing, whether upstream as a whole fails, or the
// key is refused: what clients ask may fail or be refused for reasons of its own.
//
// Owned by Refill and used on the engine's loop only. The book reads of the key in that call's
// answer; an outage is told to the caller. Rests between two such calls.
#pragma once

#include <chrono>
#include <memory>

#include <boost/asio/awaitable.hpp>

#include "calling/caller.hpp"
#include "io/task_group.hpp"
#include "provider/dialect.hpp"
#include "refill/lone_calls.hpp"

namespace quotecached::refill {

class Verification {
 public:
  // All must outlive it. `rest`: from the end of one to the next.
  Verification(calling::Caller& caller,
               const provider::Dialect& dialect,
               io::TaskGroup& tasks,
               std::chrono::milliseconds rest)
      : caller_(caller), dialect_(dialect), tasks_(tasks), rest_(rest) {}

  // Starts one, unless one is under way or has just ended. `calls` keeps this alive meanwhile.
  void doubt(std::shared_ptr<LoneCalls> calls);

 private:
  static asio::awaitable<void> run(Verification* self, std::shared_ptr<LoneCalls> calls);

  calling::Caller& caller_;
  const provider::Dialect& dialect_;
  io::TaskGroup& tasks_;
  std::chrono::milliseconds rest_;
  bool is_running_ = false;
  std::chrono::steady_clock::time_point not_before_{};
};

}  // namespace quotecached::refill
