// The one thread that writes to the database. Jobs queued while a transaction runs are committed
// together in the next one (group commit).
//
// submit() is thread-safe and never blocks. A job that throws is undone alone (savepoint), logged
// and counted; a commit that fails fails its jobs. The queue is bounded.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/log.hpp"
#include "base/result.hpp"

namespace SQLite {
class Database;
}

namespace quotecached::store {

class Writer {
 public:
  struct Options {
    std::size_t max_queued_jobs = 50000;
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
  };

  // Opens (and migrates) the database at `path`. Fails with Unavailable.
  static Result<std::unique_ptr<Writer>> open(const std::string& path, Options options, Log log);
  ~Writer();  // commits what is queued, then joins the thread

  // False when the queue is full; `done` is not called then.
  bool submit(Job job, Done done = {});

  [[nodiscard]] Health health() const;

 private:
  struct State;
  explicit Writer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace quotecached::store
