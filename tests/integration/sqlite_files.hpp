// Database files for tests: small file systems where the test may mount, and waiting for a writer's
// jobs.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "store/writer.hpp"
#include "support/temp_dir.hpp"

namespace quotecached::test {

// False, and said, where the test may not mount.
inline bool mount_small(TempDir& dir, const char* size) {
  const bool is_mounted = dir.mount_small(size);
  if (!is_mounted) MESSAGE("SKIPPED: needs the right to mount a small file system");
  return is_mounted;
}

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
