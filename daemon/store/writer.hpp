// The one thread that writes to the database. Jobs queued while a transaction runs are committed
// together in the next one (group commit).
//
// Two lanes, each in order: ordinary jobs, and urgent ones that go ahead of all ordinary jobs, in
// transactions of their own. Urgent jobs must be few; ordinary ones still get their turn now and
// then. submit() is thread-safe and never blocks. A job that throws is undone alone (savepoint),
// logged and counted. When the database itself fails (disk full, I/O error) all jobs of the
// transaction fail with SQLite's message and are gone; the next transaction simply tries again. A
// database whose file is gone or damaged is made anew, see on_renewed(). The queue is bounded in
// jobs and in bytes.
//
// One process writes: two would each count what they spend in the same rows. A lock on
// `<path>.lock` keeps the second one out.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/log.hpp"
#include "base/result.hpp"
#include "base/types.hpp"

namespace SQLite {
class Database;
}

namespace quotecached::store {

class Writer {
 public:
  // What a power cut may take: the last commits (never consistency), or nothing.
  enum class Sync : std::uint8_t { Normal, Full };

  struct Options {
    std::size_t max_queued_jobs = 50000;
    Bytes max_queued_bytes = mebibytes(64);  // of the ordinary jobs' stated weights
    std::size_t max_queued_urgent = 10000;
    std::size_t max_group = 1000;                  // jobs in one transaction
    std::chrono::milliseconds busy_timeout{2000};  // for another process that writes, or ends
    Sync sync = Sync::Normal;
    Bytes page_cache = mebibytes(8);
    Bytes max_kept_journal = mebibytes(16);  // a larger write-ahead log is cut back
    // How often it looks whether the file is still there, while there is nothing to write.
    std::chrono::milliseconds look_every{1000};
    std::chrono::milliseconds check_every{60000};  // at most, see doubt()
  };
  // Runs on the writer's thread inside a transaction; throws SQLite::Exception on failure.
  using Job = std::function<void(SQLite::Database&)>;
  // Called on the writer's thread after the commit, with how it went. May be empty.
  using Done = std::function<void(Result<void>)>;

  struct Health {
    bool works = true;  // the last commit went through
    std::string last_error;
    std::uint64_t failed_jobs = 0;
    std::uint64_t refused_jobs = 0;  // the queue was full
    std::uint64_t committed_jobs = 0;
    std::uint64_t commits = 0;
    std::size_t queued_jobs = 0;
    Bytes queued_bytes;
    std::uint64_t renewals = 0;  // the database was made anew
    std::string renewed_for;     // why, the last time
  };

  // Opens (and migrates) the database at `path`. Fails with Unavailable: not writable, not a
  // database, corrupt, or written by a newer version; with Timeout when another writer has it.
  static Result<std::unique_ptr<Writer>> open(const std::string& path, Options options, Log log);
  ~Writer();  // commits what is queued, then joins the thread

  // False when the queue is full or the writer is ending; `done` is not called then. `weight` is
  // what the job holds in memory while it waits.
  bool submit(Job job, Done done = {}, Bytes weight = {});

  // Goes ahead of all ordinary jobs. With Sync::Full a power cut cannot take it once it is done,
  // whatever the writer's options say.
  bool submit_urgent(Job job, Done done, Sync sync);

  // A database that is deleted, replaced or damaged while the writer runs is made anew (what was
  // damaged is kept beside it), and `observer` is called on the writer's thread: it has to write
  // again what must not be lost, which it holds in memory. Without an observer nothing is made
  // anew, and writes fail; nor is it once the writer ends.
  void on_renewed(std::function<void()> observer);

  // Somebody who reads has met damage: the file is looked through soon, and if it shows damage made
  // anew as well. Nothing is written meanwhile. Any thread.
  void doubt() noexcept;

  [[nodiscard]] Health health() const;

 private:
  struct State;
  explicit Writer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace quotecached::store
