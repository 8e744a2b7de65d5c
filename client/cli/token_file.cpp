#include "cli/token_file.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quotecache::cli {
namespace {

constexpr std::size_t kMostToken = 4096;

class File {
 public:
  explicit File(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

tl::unexpected<std::string> refused(const std::string& path, const std::string& why) {
  return tl::unexpected(fmt::format("the token file {} {}", path, why));
}

std::string reason(int error) {
  return "cannot be read: " + std::generic_category().message(error);
}

// Asked of the open file, so that none can be put in its place between.
bool is_readable_by_everyone(int fd) {
  struct stat status{};
  return ::fstat(fd, &status) != 0 || (status.st_mode & S_IROTH) != 0;
}

tl::expected<std::string, int> read_all(int fd) {
  std::string text;
  std::array<char, 512> part{};
  while (text.size() <= kMostToken) {
    const ssize_t size = ::read(fd, part.data(), part.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return tl::unexpected(errno);
    if (size == 0) break;
    text.append(part.data(), static_cast<std::size_t>(size));
  }
  return text;
}

}  // namespace

tl::expected<std::string, std::string> read_token(const std::string& path) {
  const File file(path);
  if (file.fd() < 0) return refused(path, reason(errno));
  if (is_readable_by_everyone(file.fd()))
    return refused(path, fmt::format("is readable by everyone: chmod o-r {}", path));
  auto text = read_all(file.fd());
  if (!text) return refused(path, reason(text.error()));
  text->resize(text->find_last_not_of(" \t\r\n") + 1);
  if (text->empty()) return refused(path, "is empty");
  if (text->size() > kMostToken) return refused(path, "is too long for a token");
  if (text->find_first_of(" \t\r\n") != std::string::npos)
    return refused(path, "holds more than one word");
  return *std::move(text);
}

}  // namespace quotecache::cli
