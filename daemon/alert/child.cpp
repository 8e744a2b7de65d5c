#include "alert/child.hpp"

#include <cassert>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>

#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/deadline.hpp"

namespace quotecached::alert {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const noexcept { return number_; }
  int release() noexcept { return std::exchange(number_, -1); }

 private:
  int number_;
};

tl::unexpected<Error> failed(const char* what, int error) {
  return fail(ErrorCode::Unavailable,
              fmt::format("{}: {}", what, std::generic_category().message(error)));
}

// A file in memory rather than a pipe: a child that reads nothing blocks nobody.
bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::lseek(file, 0, SEEK_SET) == 0;
}

class Actions {
 public:
  explicit Actions(int input) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
  }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  ~Actions() { ::posix_spawn_file_actions_destroy(&actions_); }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

class Attributes {
 public:
  Attributes() {
    sigset_t signals;
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
  [[nodiscard]] const posix_spawnattr_t* get() const noexcept { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (const std::string& text : texts) list.push_back(const_cast<char*>(text.c_str()));
  list.push_back(nullptr);
  return list;
}

}  // namespace

Result<Child> Child::start(const asio::any_io_executor& loop, const Program& program) {
  assert(!program.arguments.empty());
  const Descriptor input(::memfd_create("alert", MFD_CLOEXEC));
  if (input.get() < 0 || !write_all(input.get(), program.input)) return failed("input", errno);
  const Actions actions(input.get());
  const Attributes attributes;
  const auto arguments = pointers(program.arguments);
  const auto environment = pointers(program.environment);
  pid_t pid = -1;
  const int error = ::posix_spawnp(
      &pid, arguments[0], actions.get(), attributes.get(), arguments.data(), environment.data());
  if (error != 0) return failed("cannot be started", error);
  Child child(pid, asio::posix::stream_descriptor(loop));
  Descriptor ended(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (ended.get() < 0) {
    const int why = errno;
    child.end();
    return failed("cannot be waited for", why);
  }
  boost::system::error_code assigned;
  child.ended_.assign(ended.get(), assigned);
  if (assigned) {
    child.end();
    return failed("cannot be waited for", assigned.value());
  }
  ended.release();
  return child;
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), ended_(std::move(other.ended_)) {}

Child::~Child() {
  if (pid_ < 0) return;
  signal(SIGKILL);
  ::waitpid(pid_, nullptr, WNOHANG);  // one that takes its time to die is left to init
}

void Child::end() noexcept {
  signal(SIGKILL);
  const pid_t pid = std::exchange(pid_, -1);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Child::signal(int number) const noexcept {
  assert(pid_ > 0);
  ::kill(-pid_, number);
}

namespace {

asio::awaitable<Result<void>> readable(asio::posix::stream_descriptor* descriptor) {
  co_await descriptor->async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
  co_return Result<void>();
}

}  // namespace

asio::awaitable<Result<void>> Child::wait_for(std::chrono::milliseconds limit) {
  return io::with_deadline(readable(&ended_), limit);
}

Result<void> Child::take_status() {
  int status = 0;
  const pid_t pid = std::exchange(pid_, -1);
  if (::waitpid(pid, &status, 0) < 0) return failed("status not known", errno);
  if (WIFSIGNALED(status))
    return fail(ErrorCode::Unavailable, fmt::format("ended by signal {}", WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0)
    return fail(ErrorCode::Unavailable, fmt::format("exit status {}", WEXITSTATUS(status)));
  return {};
}

}  // namespace quotecached::alert
