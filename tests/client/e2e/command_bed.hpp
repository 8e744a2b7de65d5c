// The command `quotecache` as a process, also on a terminal, beside a real daemon.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/process.hpp"
#include "support/temp_dir.hpp"
#include "support/wait.hpp"

namespace quotecache::test {

using Arguments = std::vector<std::string>;
using Variables = std::map<std::string, std::string>;

struct CommandOutput {
  int code = -1;
  std::string out;
  std::string err;

  // One line of standard error that says who speaks.
  [[nodiscard]] bool has_one_error() const {
    return err.starts_with("quotecache: ") && std::count(err.begin(), err.end(), '\n') == 1;
  }
};

inline quotecached::test::Command command_of(const Arguments& arguments, Variables variables) {
  Arguments words{quotecached::test::built_program("quotecache").string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  variables.emplace("LC_ALL", "C.UTF-8");
  return {std::move(words), std::move(variables)};
}

inline CommandOutput run_quotecache(const Arguments& arguments, const Variables& variables) {
  const quotecached::test::TempDir dir;
  quotecached::test::Process process(command_of(arguments, variables), dir.path(), "quotecache");
  const auto status = process.wait();
  REQUIRE(status);
  return {status->code, process.out(), process.err()};
}

struct Words {
  Arguments words;
};

// The command on a terminal of its own.
class CommandOnTerminal {
 public:
  CommandOnTerminal(const Arguments& arguments, const std::string& server, winsize size)
      : CommandOnTerminal(Words{command_of(arguments, {}).words}, server, size) {}
  // Another program, which may start the command.
  CommandOnTerminal(Words program, const std::string& server, winsize size) {
    auto& words = program.words;
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    child_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
    REQUIRE(child_ >= 0);
    if (child_ != 0) return;
    ::setenv("QUOTECACHE_SERVER", server.c_str(), 1);
    ::setenv("TERM", "xterm-256color", 1);
    ::setenv("LC_ALL", "C.UTF-8", 1);
    ::unsetenv("COLUMNS");
    ::unsetenv("NO_COLOR");
    ::execvp(pointers[0], pointers.data());
    ::_exit(127);
  }
  ~CommandOnTerminal() {
    ::close(terminal_);
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  CommandOnTerminal(const CommandOnTerminal&) = delete;
  CommandOnTerminal& operator=(const CommandOnTerminal&) = delete;

  [[nodiscard]] const std::string& text() {
    read_on();
    return text_;
  }
  // Lines that it drew last as a whole, without what paints them.
  [[nodiscard]] std::vector<std::string> screen() {
    read_on();
    const auto begin = text_.rfind("\x1b[H", text_.rfind("\x1b[J"));
    if (begin == std::string::npos) return {};
    return lines_in(text_.substr(begin, text_.find("\x1b[J", begin) - begin));
  }
  // Waits until a line of the screen has this.
  [[nodiscard]] bool shows(const std::string& part) {
    return quotecached::test::wait_until([&] {
      const auto lines = screen();
      return std::ranges::any_of(
          lines, [&part](const auto& line) { return line.find(part) != std::string::npos; });
    });
  }
  // Waits until it has written this so often.
  [[nodiscard]] bool writes(const std::string& part, int times = 1) {
    return quotecached::test::wait_until([&] {
      read_on();
      int count = 0;
      for (auto at = text_.find(part); at != std::string::npos; at = text_.find(part, at + 1))
        ++count;
      return count >= times;
    });
  }
  void resize(winsize size) { REQUIRE(::ioctl(terminal_, TIOCSWINSZ, &size) == 0); }
  void type(const std::string& keys) {
    REQUIRE(::write(terminal_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
  }
  // As a shell has it; nothing: it does not end.
  [[nodiscard]] std::optional<int> status() {
    int status = 0;
    const bool has_ended = quotecached::test::wait_until([&] {
      read_on();
      return ::waitpid(child_, &status, WNOHANG) == child_;
    });
    if (!has_ended) return std::nullopt;
    child_ = -1;
    read_on();
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  void read_on() {
    std::array<char, 4096> part{};
    pollfd wanted{terminal_, POLLIN, 0};
    while (::poll(&wanted, 1, 0) > 0) {
      const ssize_t got = ::read(terminal_, part.data(), part.size());
      if (got <= 0) return;  // fails once the other side is closed
      text_.append(part.data(), static_cast<std::size_t>(got));
    }
  }
  // Without escape sequences, each of which ends with a letter.
  static std::vector<std::string> lines_in(const std::string& drawn) {
    std::vector<std::string> lines(1);
    for (std::size_t at = 0; at < drawn.size(); ++at) {
      if (drawn[at] == '\x1b') {
        at = drawn.find_first_of("ABCDEFGHJKhlm", at);
      } else if (drawn[at] == '\n') {
        lines.emplace_back();
      } else if (drawn[at] != '\r') {
        lines.back() += drawn[at];
      }
    }
    return lines;
  }

  pid_t child_ = -1;
  int terminal_ = -1;
  std::string text_;
};

}  // namespace quotecache::test
