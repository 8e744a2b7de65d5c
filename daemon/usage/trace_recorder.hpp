// Records what clients ask for, and when, as a trace (trace/trace_reader.hpp): for `quotecached
// simulate` and benches. Off unless a file is named.
//
// I/O threads add lines to a buffer of their own, bounded; a thread of the recorder writes them
// once a second, in the order of time. The file is bounded too: when it is half of what may be kept
// it becomes FILE.1, in place of the one before, and a new one is begun; so it is at each start. A
// client is told by a hash of its name that is another at each start; no credentials are written.
// What cannot be written is lost, counted and logged once; so is what would be too long a line.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/mutex.hpp"
#include "base/result.hpp"
#include "base/types.hpp"
#include "catalog/request.hpp"

namespace quotecached::usage {

class TraceRecorder {
 public:
  struct Options {
    std::string path;
    Bytes max_bytes = mebibytes(64);   // of both files
    Bytes max_waiting = mebibytes(1);  // of a buffer; what comes beyond is lost
  };
  struct Totals {  // any thread
    std::atomic<std::uint64_t> written{0}, lost{0};
  };

  // One I/O thread's; add() is that thread's alone.
  class Buffer {
   public:
    Buffer(const TraceRecorder& owner) : owner_(owner) {}
    // A request that was admitted. `client`: the token's name; empty: none.
    void add(const catalog::Request& request, std::string_view client);

   private:
    friend class TraceRecorder;
    struct Line {
      TimePoint at;
      std::string target;
      std::uint64_t client = 0;  // 0: none
    };

    const TraceRecorder& owner_;
    Mutex mutex_;
    std::vector<Line> lines_ GUARDED_BY(mutex_);
    std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  };

  // Begins the file. Fails with Unavailable when it cannot be written. The clock must outlive it.
  static Result<std::unique_ptr<TraceRecorder>> start(Options options, const Clock& clock, Log log);
  ~TraceRecorder();  // writes what waits
  TraceRecorder(const TraceRecorder&) = delete;
  TraceRecorder& operator=(const TraceRecorder&) = delete;

  // A buffer more, for the recorder's life. Any thread.
  [[nodiscard]] Buffer& add_buffer();

  // Writes what waits now. Any thread.
  void flush();

  [[nodiscard]] const Totals& totals() const noexcept { return totals_; }

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  TraceRecorder(Options options, const Clock& clock, Log log);

  void run();
  [[nodiscard]] std::vector<Buffer::Line> take_lines();
  Result<void> begin_file() REQUIRES(mutex_);
  Result<void> write(std::string_view text) REQUIRES(mutex_);
  Result<void> write_line(const Buffer::Line& line) REQUIRES(mutex_);

  const Options options_;
  const Clock& clock_;
  Log log_;
  const std::uint64_t salt_;
  mutable Totals totals_;
  Mutex mutex_;
  std::vector<std::unique_ptr<Buffer>> buffers_ GUARDED_BY(mutex_);
  std::unique_ptr<std::FILE, CloseFile> file_ GUARDED_BY(mutex_);  // null: it cannot be written
  TimePoint start_ GUARDED_BY(mutex_);                             // what its times count from
  TimePoint last_ GUARDED_BY(mutex_);                              // no line is earlier
  std::uint64_t bytes_ GUARDED_BY(mutex_) = 0;
  bool is_stopping_ GUARDED_BY(mutex_) = false;
  std::condition_variable stopped_;
  std::thread thread_;
};

}  // namespace quotecached::usage
