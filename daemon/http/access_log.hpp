// The access log: a line for each request, written by a thread of its own.
//
// I/O threads add lines to a buffer of their own, bounded; what comes beyond is dropped and
// counted. The writer takes them five times a second. What it cannot write, since the disk is full
// or nobody reads the pipe, is dropped and counted too: nobody ever waits for the log. A file is
// opened for appending, and again by reopen(), so that it may be renamed meanwhile.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "base/mutex.hpp"
#include "base/result.hpp"
#include "base/types.hpp"
#include "http/access_file.hpp"

namespace quotecached::http {

class AccessLog {
 public:
  struct Options {
    std::string to = "off";  // "off", "stderr" or a file
    Log::Format format = Log::Format::Text;
    double sample = 1;  // the share of requests that did not fail, 0 to 1
  };
  struct Totals {  // any thread
    std::atomic<std::uint64_t> written{0}, dropped{0};
  };

  // One I/O thread's, and that thread's alone.
  class Buffer {
   public:
    explicit Buffer(const AccessLog& owner) : owner_(owner) {}

    [[nodiscard]] bool is_on() const noexcept {
      return owner_.is_on_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] Log::Format format() const noexcept {
      return owner_.format_.load(std::memory_order_relaxed);
    }
    // Is a request that was answered so written down?
    [[nodiscard]] bool takes(unsigned status);
    // Whole lines.
    void add(std::string_view lines, std::uint64_t count);

   private:
    friend class AccessLog;

    const AccessLog& owner_;
    std::minstd_rand lots_{std::random_device{}()};
    Mutex mutex_;
    std::string text_ GUARDED_BY(mutex_);
    std::uint64_t lines_ GUARDED_BY(mutex_) = 0;
  };

  static constexpr Bytes kMostWaiting = mebibytes(1);  // in a buffer

  // Fails with Unavailable when the file cannot be opened.
  static Result<std::unique_ptr<AccessLog>> start(const Options& options, Log log);
  ~AccessLog();  // writes what waits, as far as that goes at once
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  // A buffer more, for the log's life. Any thread.
  [[nodiscard]] Buffer& add_buffer();

  // From here on as these have it. Any thread; never waits for the disk.
  void change(const Options& options);
  // What is written from here on goes to the file that has the name then. Likewise.
  void reopen();

  [[nodiscard]] const Totals& totals() const noexcept { return totals_; }

 private:
  struct Taken {
    std::string text;
    std::uint64_t lines = 0;
  };

  explicit AccessLog(Log log);

  void run();
  [[nodiscard]] bool wait();
  void flush();
  [[nodiscard]] Taken take();
  [[nodiscard]] std::optional<std::string> change_due();
  void tell(const std::string& error);

  const Log log_;
  std::atomic<bool> is_on_{false};
  std::atomic<Log::Format> format_{Log::Format::Text};
  std::atomic<double> sample_{1};
  mutable Totals totals_;
  mutable std::atomic<bool> is_urgent_{false};  // a buffer fills faster than it is written
  AccessFile file_;                             // the writer's alone once that runs
  bool is_failing_ = false;                     // likewise
  Mutex mutex_;
  std::vector<std::unique_ptr<Buffer>> buffers_ GUARDED_BY(mutex_);
  std::string to_ GUARDED_BY(mutex_) = "off";
  bool is_to_reopen_ GUARDED_BY(mutex_) = false;
  bool is_stopping_ GUARDED_BY(mutex_) = false;
  mutable std::condition_variable changed_;
  std::thread thread_;
};

}  // namespace quotecached::http
