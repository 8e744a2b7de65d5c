// A server in a process of its own, whose memory does not fail with the test's.
#pragma once

#include <atomic>
#include <string>

#include <sys/types.h>

namespace quotecache::test {

// Answers /quotes with as many rows as are asked for, /quotes/stream with a stream that tells a few
// events and ends, /admin/ with the daemon's documents, and all else with a problem.
class AnsweringProcess {
 public:
  // Requires: the program has no other threads.
  AnsweringProcess();
  ~AnsweringProcess();
  AnsweringProcess(const AnsweringProcess&) = delete;
  AnsweringProcess& operator=(const AnsweringProcess&) = delete;

  [[nodiscard]] const std::string& address() const noexcept { return address_; }
  // Asks for the slug "held" are answered when this is false.
  void set_holding(bool is_holding) noexcept { shared_->is_holding = is_holding; }
  // How many of them came so far.
  [[nodiscard]] int held() const noexcept { return shared_->held; }

 private:
  struct Shared {
    std::atomic<bool> is_holding{false};
    std::atomic<int> held{0};
  };

  void serve(int life, int word) const;

  Shared* shared_;  // with the process
  int life_ = -1;   // the process ends when this is closed
  pid_t pid_ = -1;
  std::string address_;
};

}  // namespace quotecache::test
