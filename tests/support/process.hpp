// A child process: started with a clean environment, its output captured in files, and never left
// behind. It dies with the object, and with the thread that started it.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "support/wait.hpp"

namespace quotecached::test {

struct ExitStatus {
  int code = -1;   // of a normal exit
  int signal = 0;  // that ended it, or 0

  [[nodiscard]] bool is_success() const noexcept { return signal == 0 && code == 0; }
};

struct Command {
  std::vector<std::string> words;  // the program, from PATH unless it holds a '/', and args
  std::map<std::string, std::string> env{};  // beside PATH, HOME, TMPDIR and sanitizer options
};

class Process {
 public:
  // Output goes to NAME.out and NAME.err in `dir`, which are emptied first. Throws when the program
  // cannot be run.
  Process(const Command& command, const std::filesystem::path& dir, const std::string& name);
  // Kills and reaps it if it is still there.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  [[nodiscard]] bool is_running();
  // Requires: not reaped yet; does nothing else.
  void signal(int number);
  // Nothing when it has not ended within the limit.
  std::optional<ExitStatus> wait(milliseconds limit = kStartLimit);
  // SIGTERM, then wait; SIGKILL when that takes longer than the limit.
  std::optional<ExitStatus> terminate(milliseconds limit = kStartLimit);
  // SIGKILL, and reaped on return.
  void kill9();

  [[nodiscard]] std::string out() const;
  [[nodiscard]] std::string err() const;

 private:
  bool reap(int options);

  std::filesystem::path out_;
  std::filesystem::path err_;
  pid_t pid_ = -1;
  std::optional<ExitStatus> status_;
};

// The path of one of the project's own programs: in $QUOTECACHED_BIN_DIR, else where they are
// built.
[[nodiscard]] std::filesystem::path built_program(const std::string& name);

}  // namespace quotecached::test
