#include "http/access_file.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quotecached::http {
namespace {

// A pipe takes so much at once or not at all.
constexpr std::size_t kPieceOfPipe = PIPE_BUF;
constexpr std::size_t kPieceOfFile = 64 * 1024;

std::string reason_of(int error) { return std::generic_category().message(error); }

// As many whole lines as fit; at least one.
std::string_view piece_of(std::string_view lines, std::size_t most) {
  if (lines.size() <= most) return lines;
  const auto last = lines.rfind('\n', most - 1);
  const auto end = last == std::string_view::npos ? lines.find('\n') : last;
  return lines.substr(0, std::min(end + 1, lines.size()));
}

}  // namespace

void AccessFile::set(std::string to) {
  close();
  if (to != to_) is_torn_ = false;
  to_ = std::move(to);
}

void AccessFile::close() { owned_ = UniqueFd(); }

int AccessFile::file() const noexcept { return to_ == "stderr" ? STDERR_FILENO : owned_.get(); }

// Not for everyone to read: it tells who asks for what. A pipe without a reader is not waited for.
Result<void> AccessFile::open() {
  if (to_ != "stderr" && owned_.get() < 0) {
    constexpr int kHow = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    owned_ = UniqueFd(::open(to_.c_str(), kHow, 0640));
    if (owned_.get() < 0)
      return fail(ErrorCode::Unavailable, fmt::format("cannot open {}: {}", to_, reason_of(errno)));
  }
  struct stat about{};
  is_regular_ = ::fstat(file(), &about) == 0 && S_ISREG(about.st_mode);
  if (is_regular_ && about.st_size == 0) is_torn_ = false;
  return {};
}

bool AccessFile::is_ready(Steady::time_point until) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now());
  const auto most = std::clamp(left, std::chrono::milliseconds(0), kPatience);
  pollfd one{file(), POLLOUT, 0};
  return ::poll(&one, 1, static_cast<int>(most.count())) == 1 && (one.revents & POLLOUT) != 0;
}

// Returns why not all of the piece was written, empty if it was; `done`: how much was.
std::string AccessFile::put(std::string_view piece,
                            Steady::time_point until,
                            std::size_t& done) const {
  while (done < piece.size()) {
    if (!is_regular_ && (Steady::now() >= until || !is_ready(until))) return "nobody reads it";
    const auto count = ::write(file(), piece.data() + done, piece.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return reason_of(errno);
    done += static_cast<std::size_t>(count);
  }
  return {};
}

AccessFile::Written AccessFile::write(std::string_view lines) {
  Written written;
  if (to_ == "off") return written;
  if (auto opened = open(); !opened) {
    written.error = opened.error().message;
    return written;
  }
  const auto until = Steady::now() + kMostOfWrite;
  if (is_torn_) {
    std::size_t done = 0;
    written.error = put("\n", until, done);
    if (!written.error.empty()) return written;
    is_torn_ = false;
  }
  while (!lines.empty()) {
    const auto piece = piece_of(lines, is_regular_ ? kPieceOfFile : kPieceOfPipe);
    std::size_t done = 0;
    written.error = put(piece, until, done);
    const auto end = piece.begin() + static_cast<std::ptrdiff_t>(done);
    written.lines += static_cast<std::uint64_t>(std::count(piece.begin(), end, '\n'));
    if (!written.error.empty()) {
      is_torn_ = done > 0 && piece[done - 1] != '\n';
      return written;
    }
    lines.remove_prefix(piece.size());
  }
  return written;
}

}  // namespace quotecached::http
