// One process at a time: an advisory lock (flock) on a file, which the kernel lets go of when the
// process ends, however that is.
#pragma once

#include <chrono>
#include <string>

#include "base/result.hpp"

namespace quotecached::store {

class FileLock {
 public:
  // Makes the file `path` when there is none, and waits for the lock for up to `patience`. Blocks.
  // Fails with Timeout when somebody else has it, with Unavailable when the file cannot be made.
  static Result<FileLock> take(const std::string& path, std::chrono::milliseconds patience);

  // Does `path` still name the file that is locked? It may have been deleted.
  [[nodiscard]] bool is_at(const std::string& path) const noexcept;

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int file) noexcept : file_(file) {}

  int file_;
};

}  // namespace quotecached::store
