#include "store/file_lock.hpp"

#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quotecached::store {
namespace {

constexpr std::chrono::milliseconds kTryAgain{50};

}  // namespace

Result<FileLock> FileLock::take(const std::string& path, std::chrono::milliseconds patience) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return fail(ErrorCode::Unavailable,
                fmt::format("open {}: {}", path, std::generic_category().message(errno)));
  FileLock lock(file);
  const auto end = std::chrono::steady_clock::now() + patience;
  while (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    if (why != EWOULDBLOCK && why != EINTR)
      return fail(ErrorCode::Unavailable,
                  fmt::format("lock {}: {}", path, std::generic_category().message(why)));
    if (std::chrono::steady_clock::now() >= end)
      return fail(ErrorCode::Timeout, fmt::format("another process has the lock on {}", path));
    std::this_thread::sleep_for(kTryAgain);
  }
  return lock;
}

bool FileLock::is_at(const std::string& path) const noexcept {
  struct stat ours{};
  struct stat named{};
  return ::fstat(file_, &ours) == 0 && ::stat(path.c_str(), &named) == 0 &&
         ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

FileLock::FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FileLock::~FileLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace quotecached::store
