// Signals as something to read: they wait until the program asks for them.
#pragma once

#include <csignal>
#include <optional>

namespace quotecache::cli {

// SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP and SIGWINCH, from its making to its end. Threads that
// are begun meanwhile leave them alone. One object at a time, in main()'s thread, before there is
// any other.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Readable while there is one. -1: there is none to be had, and signals act as ever.
  [[nodiscard]] int fd() const noexcept { return fd_; }
  // The next one's number. Nothing: none has come.
  [[nodiscard]] std::optional<int> next();
  // Stops the program as SIGTSTP does, and returns once it is continued. At once where no shell
  // could continue it (its process group is an orphan).
  void suspend();

 private:
  int fd_ = -1;
  sigset_t before_{};
};

}  // namespace quotecache::cli
