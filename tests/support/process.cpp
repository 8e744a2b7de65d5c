#include "support/process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/temp_dir.hpp"

namespace quotecached::test {

namespace {

constexpr std::array kInherited{"PATH",
                                "HOME",
                                "TMPDIR",
                                "LD_LIBRARY_PATH",
                                "ASAN_OPTIONS",
                                "UBSAN_OPTIONS",
                                "LSAN_OPTIONS",
                                "TSAN_OPTIONS"};

std::vector<std::string> environment(const Command& command) {
  std::map<std::string, std::string> variables;
  for (const char* name : kInherited) {
    if (const char* value = std::getenv(name)) variables[name] = value;
  }
  for (const auto& [name, value] : command.env) variables[name] = value;
  std::vector<std::string> result;
  for (const auto& [name, value] : variables) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

int open_output(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) throw std::runtime_error("cannot open " + path.string());
  return fd;
}

struct Image {
  char* const* words;
  char* const* environment;
  int in;
  int out;
  int err;
  int failure;  // where errno goes when the program cannot be run
  pid_t parent;
};

// Between fork and exec: async-signal-safe calls only.
[[noreturn]] void become(const Image& image) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != image.parent) ::_exit(127);
  ::dup2(image.in, STDIN_FILENO);
  ::dup2(image.out, STDOUT_FILENO);
  ::dup2(image.err, STDERR_FILENO);
  ::dup2(image.failure, 3);
  ::fcntl(3, F_SETFD, FD_CLOEXEC);
  ::close_range(4, ~0U, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::execvpe(image.words[0], image.words, image.environment);
  const int error = errno;
  if (::write(3, &error, sizeof error) < 0) ::_exit(126);
  ::_exit(127);
}

// 0 once the child runs the program, or why it does not.
int exec_error(int failure) {
  int error = 0;
  while (::read(failure, &error, sizeof error) < 0 && errno == EINTR) {
  }
  return error;
}

}  // namespace

Process::Process(const Command& command, const std::filesystem::path& dir, const std::string& name)
    : out_(dir / (name + ".out")), err_(dir / (name + ".err")) {
  std::vector<std::string> words = command.words;
  std::vector<std::string> variables = environment(command);
  const auto word_pointers = pointers(words);
  const auto variable_pointers = pointers(variables);
  std::array<int, 2> failure{};
  if (::pipe2(failure.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  const Image image{word_pointers.data(),
                    variable_pointers.data(),
                    ::open("/dev/null", O_RDONLY | O_CLOEXEC),
                    open_output(out_),
                    open_output(err_),
                    failure[1],
                    ::getpid()};
  pid_ = ::fork();
  if (pid_ == 0) become(image);
  for (const int fd : {image.in, image.out, image.err, failure[1]}) ::close(fd);
  const int error = pid_ < 0 ? errno : exec_error(failure[0]);
  ::close(failure[0]);
  if (error == 0) return;
  if (pid_ > 0) reap(0);
  throw std::runtime_error(words.front() + ": " + std::strerror(error));
}

Process::~Process() { kill9(); }

bool Process::reap(int options) {
  if (status_) return true;
  int raw = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(pid_, &raw, options)) < 0 && errno == EINTR) {
  }
  if (ended == 0) return false;
  status_.emplace();
  if (ended == pid_ && WIFEXITED(raw)) status_->code = WEXITSTATUS(raw);
  if (ended == pid_ && WIFSIGNALED(raw)) status_->signal = WTERMSIG(raw);
  return true;
}

bool Process::is_running() { return !reap(WNOHANG); }

void Process::signal(int number) {
  if (!status_) ::kill(pid_, number);
}

std::optional<ExitStatus> Process::wait(milliseconds limit) {
  if (!wait_until([this] { return reap(WNOHANG); }, limit)) return std::nullopt;
  return status_;
}

std::optional<ExitStatus> Process::terminate(milliseconds limit) {
  signal(SIGTERM);
  auto status = wait(limit);
  kill9();
  return status;
}

void Process::kill9() {
  if (status_) return;
  ::kill(pid_, SIGKILL);
  reap(0);
}

std::string Process::out() const { return read_file(out_); }
std::string Process::err() const { return read_file(err_); }

std::filesystem::path built_program(const std::string& name) {
  const char* const dir = std::getenv("QUOTECACHED_BIN_DIR");
  return std::filesystem::path(dir != nullptr ? dir : QUOTECACHED_BIN_DIR) / name;
}

}  // namespace quotecached::test
