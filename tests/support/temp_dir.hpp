// A directory of its own for one test, gone with the object.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace quotecached::test {

class TempDir {
 public:
  // Under $TMPDIR or /tmp, with a short name: Unix socket paths are at most 107 bytes long.
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }
  [[nodiscard]] std::string file(const char* name = "test.db") const { return path_ / name; }

  // Puts a file system of that size ("64k") over it. False where the test may not mount.
  [[nodiscard]] bool mount_small(const char* size);
  // Requires: mount_small() has been true.
  void make_read_only();

 private:
  std::filesystem::path path_;
  bool is_mounted_ = false;
};

// All of a file; empty when there is none.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);
// Readable by the owner alone.
void write_file(const std::filesystem::path& path, std::string_view text);

}  // namespace quotecached::test
