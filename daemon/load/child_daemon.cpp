#include "load/child_daemon.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace quotecached::load {
namespace {

constexpr std::array kInherited = {"PATH",
                                   "HOME",
                                   "TMPDIR",
                                   "LD_LIBRARY_PATH",
                                   "ASAN_OPTIONS",
                                   "UBSAN_OPTIONS",
                                   "LSAN_OPTIONS",
                                   "TSAN_OPTIONS"};
constexpr const char* kProgram = "/proc/self/exe";
constexpr int kStopMs = 5000;  // while calls in progress may end
constexpr std::size_t kLogTold = 2000;

// Those that would let it write where real prices are kept, or that this test decides itself.
constexpr std::array kReserved = {"listen.address", "upstream.base_url", "tiers.sqlite.path"};

std::vector<std::string> child_environment() {
  std::vector<std::string> variables{"CMC_API_KEY=load-test"};
  for (const char* name : kInherited) {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
    if (value) variables.push_back(fmt::format("{}={}", name, value));
  }
  return variables;
}

std::vector<char*> child_pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

// Between fork and exec: async-signal-safe calls only.
[[noreturn]] void become_daemon(char* const* words,
                                char* const* environment,
                                int log,
                                pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  ::setpgid(0, 0);  // a Ctrl-C is not meant for it
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(kProgram, words, environment);
  ::_exit(127);
}

std::string log_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string_view key_in(std::string_view set) { return set.substr(0, set.find('=')); }

}  // namespace

Result<std::vector<std::string>> child_settings(const std::vector<std::string>& sets,
                                                std::uint16_t upstream_port,
                                                const std::filesystem::path& folder,
                                                bool ends_copies) {
  std::vector<std::string> all{"credits.plan=explicit",
                               "warm.mode=off",
                               "freshness.tick=false",
                               "freshness.ttl_jitter=0",
                               fmt::format("freshness.quotes.fresh={}", ends_copies ? "1s" : "1h"),
                               R"(listen.address=["127.0.0.1:0"])",
                               fmt::format("upstream.base_url=http://127.0.0.1:{}", upstream_port),
                               "tiers.sqlite.path=" + (folder / "quotecached.db").string()};
  for (const auto& set : sets) {
    for (const std::string_view key : kReserved)
      if (key_in(set) == key)
        return fail(ErrorCode::Invalid, fmt::format("--set {}: is the load test's to say", key));
    for (const auto* const shared : {"redis", "memcached"})
      if (set.find(shared) != std::string::npos)
        return fail(ErrorCode::Invalid,
                    fmt::format("--set {}: made-up prices may not reach a cache that others use",
                                key_in(set)));
    all.push_back(set);
  }
  return all;
}

std::optional<std::uint16_t> listening_port(std::string_view log) {
  for (const std::string_view sign :
       {"listening address=127.0.0.1:", R"("event":"listening","address":"127.0.0.1:)"}) {
    const auto at = log.find(sign);
    if (at == std::string_view::npos) continue;
    std::uint16_t port = 0;
    const auto* const begin = log.data() + at + sign.size();
    const auto* const end = log.data() + log.size();
    const auto read = std::from_chars(begin, end, port);
    // A number that ends with the text may be half of one.
    if (read.ec == std::errc() && read.ptr != end) return port;
  }
  return std::nullopt;
}

Result<std::unique_ptr<ChildDaemon>> ChildDaemon::start(const std::vector<std::string>& sets,
                                                        const std::filesystem::path& folder) {
  std::vector<std::string> words{"quotecached"};
  for (const auto& set : sets) {
    words.emplace_back("--set");
    words.push_back(set);
  }
  auto environment = child_environment();
  const auto word_pointers = child_pointers(words);
  const auto variable_pointers = child_pointers(environment);
  const auto path = folder / "daemon.log";
  const int log = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0)
    return fail(ErrorCode::Unavailable,
                path.string() + ": " + std::generic_category().message(errno));
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) become_daemon(word_pointers.data(), variable_pointers.data(), log, parent);
  const int error = errno;
  ::close(log);
  if (pid < 0)
    return fail(ErrorCode::Unavailable, "fork: " + std::generic_category().message(error));
  return std::unique_ptr<ChildDaemon>(new ChildDaemon(pid, path));
}

ChildDaemon::~ChildDaemon() {
  if (reap(WNOHANG)) return;
  const int ended = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (ended >= 0) {
    ::kill(pid_, SIGTERM);
    pollfd watched{ended, POLLIN, 0};
    ::poll(&watched, 1, kStopMs);
    ::close(ended);
  }
  if (!reap(WNOHANG)) {
    ::kill(pid_, SIGKILL);
    reap(0);
  }
}

bool ChildDaemon::reap(int options) {
  if (has_ended_) return true;
  pid_t ended = 0;
  while ((ended = ::waitpid(pid_, nullptr, options)) < 0 && errno == EINTR) {
  }
  has_ended_ = ended != 0;
  return has_ended_;
}

Result<std::optional<std::uint16_t>> ChildDaemon::port() {
  const bool is_gone = reap(WNOHANG);
  const auto log = log_text(log_);
  if (is_gone)
    return fail(ErrorCode::Unavailable, "the daemon under test ended: " + log.substr(0, kLogTold));
  return listening_port(log);
}

std::optional<std::chrono::nanoseconds> ChildDaemon::cpu() const {
  clockid_t clock{};
  timespec at{};
  if (has_ended_ || ::clock_getcpuclockid(pid_, &clock) != 0) return std::nullopt;
  if (::clock_gettime(clock, &at) != 0) return std::nullopt;
  return std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec);
}

}  // namespace quotecached::load
