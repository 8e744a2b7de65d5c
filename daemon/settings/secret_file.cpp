#include "settings/secret_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.hpp"

namespace quotecached::settings {
namespace {

constexpr std::size_t kLargestFile = std::size_t{256} * 1024;
constexpr std::size_t kLongestSecret = 4096;

class Descriptor {
 public:
  explicit Descriptor(const std::string& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const noexcept { return number_; }

 private:
  int number_;
};

Error system_error(const std::string& path) {
  const int number = errno;
  const std::string why = std::error_code(number, std::generic_category()).message();
  const auto code = number == ENOENT ? ErrorCode::NotFound : ErrorCode::Unavailable;
  return {code, "cannot read " + path + ": " + why};
}

Result<std::string> read_all(int descriptor, const std::string& path) {
  std::string text;
  std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got == 0) return text;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected(system_error(path));
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > kLargestFile)
      return fail(ErrorCode::Invalid, path + " is larger than 256 KiB");
  }
}

Result<std::string> read_checked(const std::string& path, mode_t forbidden) {
  const Descriptor file(path);
  struct stat about{};
  if (file.get() < 0 || ::fstat(file.get(), &about) != 0) return tl::unexpected(system_error(path));
  if (!S_ISREG(about.st_mode)) return fail(ErrorCode::Invalid, path + " is not a regular file");
  if ((about.st_mode & forbidden) != 0)
    return fail(ErrorCode::Invalid,
                path + " holds secrets but everyone may read it; run: chmod o= " + path);
  return read_all(file.get(), path);
}

}  // namespace

Result<std::string> read_file(const std::string& path) { return read_checked(path, 0); }

Result<std::string> read_private_file(const std::string& path) {
  return read_checked(path, S_IROTH | S_IWOTH);
}

Result<Secret> make_secret(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return fail(ErrorCode::Invalid, "is empty");
  text = text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
  if (text.size() > kLongestSecret) return fail(ErrorCode::Invalid, "is longer than 4096 bytes");
  if (!std::ranges::all_of(text, is_visible))
    return fail(ErrorCode::Invalid, "must be one word of visible ASCII characters, nothing else");
  return Secret(std::string(text));
}

}  // namespace quotecached::settings
