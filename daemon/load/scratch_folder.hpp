// A folder for the time of a load test, gone with the object.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "base/result.hpp"

namespace quotecached::load {

class ScratchFolder {
 public:
  // In $TMPDIR or /tmp, for the owner alone. Fails with Unavailable.
  static Result<std::unique_ptr<ScratchFolder>> make() {
    std::error_code error;
    const auto parent = std::filesystem::temp_directory_path(error);
    auto name = (parent / "quotecached-bench-XXXXXX").string();
    if (error || ::mkdtemp(name.data()) == nullptr)
      return fail(ErrorCode::Unavailable,
                  name + ": " +
                      (error ? error : std::error_code(errno, std::generic_category())).message());
    return std::unique_ptr<ScratchFolder>(new ScratchFolder(std::move(name)));
  }
  ~ScratchFolder() {
    std::error_code ignored;  // what is left is small, and in a folder for such
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace quotecached::load
