// Database files for tests: directories that clean up after themselves, small and read-only file
// systems where the test may mount, and waiting for a writer's jobs.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include <doctest/doctest.h>
#include <sys/mount.h>
#include <unistd.h>

#include "store/writer.hpp"

namespace quotecached::test {

class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "quotecached-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    if (is_mounted_) ::umount2(path_.c_str(), MNT_DETACH);
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  // False, and said, where the test may not mount.
  bool mount_small(const char* size) {
    is_mounted_ =
        ::mount("tmpfs", path_.c_str(), "tmpfs", 0, (std::string("size=") + size).c_str()) == 0;
    if (!is_mounted_) MESSAGE("SKIPPED: needs the right to mount a small file system");
    return is_mounted_;
  }
  void make_read_only() {
    REQUIRE(::mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr) == 0);
  }

  [[nodiscard]] std::string file(const char* name = "test.db") const { return path_ / name; }

 private:
  std::filesystem::path path_;
  bool is_mounted_ = false;
};

inline std::unique_ptr<store::Writer> open_writer(const std::string& path,
                                                  store::Writer::Options options = {}) {
  auto writer = store::Writer::open(path, options, Log());
  if (!writer) FAIL(writer.error().message);
  return std::move(*writer);
}

// Keeps the writer's thread busy inside a job until it is opened or destroyed.
class Gate {
 public:
  explicit Gate(store::Writer& writer) {
    std::promise<void> reached;
    auto is_reached = reached.get_future();
    // The writer may get to it after the gate has gone: it keeps what it waits for.
    auto is_opened = std::make_shared<std::future<void>>(opened_.get_future());
    REQUIRE(writer.submit([is_opened, &reached](SQLite::Database&) {
      reached.set_value();
      is_opened->wait();
    }));
    is_reached.wait();
  }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate() { open(); }
  void open() {
    if (!std::exchange(is_open_, true)) opened_.set_value();
  }

 private:
  std::promise<void> opened_;
  bool is_open_ = false;
};

// Runs one job and waits for its end.
inline Result<void> run_job(store::Writer& writer, store::Writer::Job job) {
  auto ended = std::make_shared<std::promise<Result<void>>>();
  auto end = ended->get_future();
  REQUIRE(writer.submit(std::move(job),
                        [ended](Result<void> result) { ended->set_value(std::move(result)); }));
  REQUIRE(end.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
  return end.get();
}

}  // namespace quotecached::test
