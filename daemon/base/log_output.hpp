// Where the daemon's log goes: standard error, at a level that may be changed while it is written.
//
// Where standard error leads to the journal, each line begins with its syslog priority ("<4>"), by
// which the journal files it. Thread-safe.
#pragma once

#include <memory>

#include "base/log.hpp"

namespace quotecached {

class LogOutput {
 public:
  LogOutput(Log::Level level, Log::Format format);

  [[nodiscard]] const Log& log() const noexcept { return log_; }
  void set_level(Log::Level level);

 private:
  std::shared_ptr<spdlog::logger> logger_;
  Log log_;
};

// Is `file` what the variable JOURNAL_STREAM names, "device:inode"? Null: there is none.
[[nodiscard]] bool is_journal(const char* journal_stream, int file) noexcept;

}  // namespace quotecached
