#include "cli/output.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>

#include <poll.h>
#include <sysexits.h>
#include <unistd.h>

namespace quotecache::cli {

void end_by_broken_pipe() {
  std::signal(SIGPIPE, SIG_DFL);
  std::raise(SIGPIPE);
  std::_Exit(EX_IOERR);
}

// A pipe that can be written to takes PIPE_BUF bytes without waiting.
Written write_now(std::string_view& text, int interrupting) {
  while (!text.empty()) {
    std::array<pollfd, 2> wanted{pollfd{STDOUT_FILENO, POLLOUT, 0},
                                 pollfd{interrupting, POLLIN, 0}};
    if (::poll(wanted.data(), wanted.size(), -1) < 0 && errno != EINTR) return Written::Failed;
    if (wanted[0].revents == 0) {
      if (wanted[1].revents != 0) return Written::Interrupted;
      continue;
    }
    const auto part = text.substr(0, PIPE_BUF);
    const ssize_t size = ::write(STDOUT_FILENO, part.data(), part.size());
    if (size >= 0) {
      text.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno != EINTR && errno != EAGAIN) {
      return errno == EPIPE ? Written::Closed : Written::Failed;
    }
  }
  return Written::All;
}

}  // namespace quotecache::cli
