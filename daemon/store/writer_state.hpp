// What a Writer is inside: its queue, and the thread's database, lock and bookkeeping. Only the
// writer's own sources include it.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <SQLiteCpp/Database.h>

#include "base/mutex.hpp"
#include "store/file_lock.hpp"
#include "store/write_queue.hpp"
#include "store/writer.hpp"

namespace quotecached::store {

struct Writer::State {
  using SteadyTime = std::chrono::steady_clock::time_point;

  State(std::string file, Options wanted, Log the_log)
      : path(std::move(file)),
        options(wanted),
        log(std::move(the_log)),
        queue(wanted),
        sync(wanted.sync) {}

  const std::string path;
  const Options options;
  const Log log;
  WriteQueue queue;

  // Owned by the writer's thread once it runs.
  std::optional<FileLock> file_lock;           // let go of after the database is closed
  std::unique_ptr<SQLite::Database> database;  // null: gone, and not to be had again yet
  SteadyTime next_look{};
  SteadyTime next_check{};
  Sync sync;  // as the database is set now
  SteadyTime next_job_log{};

  mutable Mutex mutex;
  Health health GUARDED_BY(mutex);
  std::function<void()> renewed GUARDED_BY(mutex);

  std::atomic<bool> is_doubted{false};
  std::thread thread;

  // Its jobs.
  void serve();
  bool commit(std::vector<QueuedJob>& group);
  void set_sync(Sync wanted);
  Result<void> run(const Job& job);
  Result<void> undo(const char* message);
  void note_health(std::size_t failed, std::size_t committed, const std::string& error);
  void tell(const Done& done, Result<void> end) const;
  void fail_rest();

  // Its file.
  Result<void> open();
  Result<void> take_lock();
  void look();
  void keep_lock();
  void check();
  [[nodiscard]] std::function<void()> renewer() const;
  void renew(const std::string& why);
  void replace_damaged(const std::string& error);
};

}  // namespace quotecached::store
