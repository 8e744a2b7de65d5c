#include "store/writer.hpp"

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "base/mutex.hpp"
#include "store/file_lock.hpp"
#include "store/migrations.hpp"

namespace quotecached::store {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
constexpr std::chrono::seconds kJobLogInterval{10};

// Ordinary jobs get a transaction after so many urgent ones in a row.
constexpr int kUrgentInARow = 16;

struct Queued {
  Writer::Job job;
  Writer::Done done;
  Bytes weight;
  Writer::Sync sync = Writer::Sync::Normal;
};

Writer::Sync most_of(const std::vector<Queued>& group, Writer::Sync sync) {
  for (const auto& queued : group) sync = std::max(sync, queued.sync);
  return sync;
}

// The database is at fault, not the job.
bool blames_database(const SQLite::Exception& e) {
  switch (e.getErrorCode()) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM: return true;
    default: return false;
  }
}

std::string pragmas(const Writer::Options& options) {
  return fmt::format(
      "PRAGMA auto_vacuum = INCREMENTAL;"  // counts only while the file is empty
      "PRAGMA journal_mode = WAL;"
      "PRAGMA synchronous = {};"
      "PRAGMA cache_size = -{};"
      "PRAGMA journal_size_limit = {};"
      "PRAGMA secure_delete = OFF;",
      options.sync == Writer::Sync::Full ? "FULL" : "NORMAL",
      options.page_cache.count / 1024,
      options.max_kept_journal.count);
}

Result<std::unique_ptr<SQLite::Database>> open_database(const std::string& path,
                                                        const Writer::Options& options) {
  try {
    auto database = std::make_unique<SQLite::Database>(
        path,
        SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX,
        static_cast<int>(options.busy_timeout.count()));
    // A foreign or newer file is refused before anything is changed in it.
    auto origin = check_origin(*database);
    if (!origin) return std::move(origin).failure("open " + path);
    database->exec(pragmas(options));
    auto migrated = migrate(*database);
    if (!migrated) return std::move(migrated).failure("open " + path);
    return database;
  } catch (const SQLite::Exception& e) {
    return fail(ErrorCode::Unavailable, fmt::format("open {}: {}", path, e.what()));
  }
}

}  // namespace

struct Writer::State {
  State(FileLock its_lock, std::unique_ptr<SQLite::Database> opened, Options wanted, Log the_log)
      : options(wanted),
        log(std::move(the_log)),
        file_lock(std::move(its_lock)),
        database(std::move(opened)),
        sync(wanted.sync) {}

  const Options options;
  const Log log;
  const FileLock file_lock;  // let go of after the database is closed

  // Owned by the writer's thread once it runs.
  std::unique_ptr<SQLite::Database> database;
  Sync sync;  // as the database is set now
  int urgent_in_a_row = 0;
  SteadyTime next_job_log{};

  mutable Mutex mutex;
  std::condition_variable changed;
  std::deque<Queued> urgent GUARDED_BY(mutex);
  std::deque<Queued> queue GUARDED_BY(mutex);
  Health health GUARDED_BY(mutex);
  bool is_ending GUARDED_BY(mutex) = false;

  std::thread thread;

  void serve();
  std::vector<Queued> next_group();
  bool commit(std::vector<Queued>& group);
  void set_sync(Sync wanted);
  Result<void> run(const Job& job);
  Result<void> undo(const char* message);
  void note_health(std::size_t failed, std::size_t committed, const std::string& error);
  void tell(const Done& done, Result<void> end) const;
  void fail_rest();
};

void Writer::State::serve() {
  while (true) {
    std::vector<Queued> group = next_group();
    if (group.empty()) return;
    if (commit(group)) continue;
    const MutexLock lock(mutex);
    if (is_ending) break;
  }
  fail_rest();
}

// Waits for work; empty when the writer ends and all is written.
std::vector<Queued> Writer::State::next_group() {
  std::vector<Queued> group;
  MutexLock lock(mutex);
  while (!is_ending && queue.empty() && urgent.empty()) lock.wait(changed);
  const bool is_urgent = !urgent.empty() && (queue.empty() || urgent_in_a_row < kUrgentInARow);
  urgent_in_a_row = is_urgent ? urgent_in_a_row + 1 : 0;
  auto& lane = is_urgent ? urgent : queue;
  while (!lane.empty() && group.size() < options.max_group) {
    health.queued_bytes.count -= lane.front().weight.count;
    group.push_back(std::move(lane.front()));
    lane.pop_front();
  }
  return group;
}

// Outside of transactions only. No I/O of its own.
void Writer::State::set_sync(Sync wanted) {
  if (wanted == sync) return;
  database->exec(wanted == Sync::Full ? "PRAGMA synchronous = FULL"
                                      : "PRAGMA synchronous = NORMAL");
  sync = wanted;
}

// False when the database failed.
bool Writer::State::commit(std::vector<Queued>& group) {
  std::vector<Result<void>> ends(group.size());
  std::string error;
  try {
    set_sync(most_of(group, options.sync));
    database->exec("BEGIN IMMEDIATE");
    for (std::size_t i = 0; i < group.size(); ++i) ends[i] = run(group[i].job);
    database->exec("COMMIT");
  } catch (const std::exception& e) {
    error = e.what();
    if (sqlite3_get_autocommit(database->getHandle()) == 0) database->tryExec("ROLLBACK");
    for (auto& end : ends) {
      if (end) end = fail(ErrorCode::Unavailable, error);
    }
  }
  std::size_t failed = 0;
  for (const auto& end : ends) failed += end ? 0U : 1U;
  note_health(failed, group.size() - failed, error);
  for (std::size_t i = 0; i < group.size(); ++i) tell(group[i].done, std::move(ends[i]));
  return error.empty();
}

Result<void> Writer::State::run(const Job& job) {
  database->exec("SAVEPOINT job");
  try {
    job(*database);
    database->exec("RELEASE job");
    return {};
  } catch (const SQLite::Exception& e) {
    if (blames_database(e)) throw;
    return undo(e.what());
  } catch (const std::exception& e) {
    return undo(e.what());
  }
}

Result<void> Writer::State::undo(const char* message) {
  std::string kept(message);
  database->exec("ROLLBACK TO job");  // throws when SQLite undid the whole transaction itself
  database->exec("RELEASE job");
  if (std::chrono::steady_clock::now() >= next_job_log) {
    next_job_log = std::chrono::steady_clock::now() + kJobLogInterval;
    log.warn("database job failed", {{"error", kept}});
  }
  return fail(ErrorCode::Unavailable, std::move(kept));
}

void Writer::State::note_health(std::size_t failed,
                                std::size_t committed,
                                const std::string& error) {
  const bool works = error.empty();
  bool turned = false;
  {
    const MutexLock lock(mutex);
    turned = health.works != works;
    health.works = works;
    if (!works) health.last_error = error;
    health.failed_jobs += failed;
    health.committed_jobs += committed;
    health.commits += works ? 1U : 0U;
  }
  if (turned && works) log.info("database writes work again");
  if (turned && !works) log.error("database writes fail", {{"error", error}});
}

void Writer::State::tell(const Done& done, Result<void> end) const {
  if (!done) return;
  try {
    done(std::move(end));
  } catch (const std::exception& e) {
    log.error("database job's completion threw", {{"error", e.what()}});
  }
}

// The database fails while the writer ends: nothing will be written any more.
void Writer::State::fail_rest() {
  std::deque<Queued> rest;
  std::string error;
  {
    const MutexLock lock(mutex);
    rest.swap(urgent);
    std::move(queue.begin(), queue.end(), std::back_inserter(rest));
    queue.clear();
    health.queued_bytes = {};
    health.failed_jobs += rest.size();
    error = health.last_error;
  }
  for (const auto& queued : rest) tell(queued.done, fail(ErrorCode::Unavailable, error));
}

Result<std::unique_ptr<Writer>> Writer::open(const std::string& path, Options options, Log log) {
  assert(options.max_group > 0);
  // By whatever name the file is called.
  std::error_code unknown;
  const auto file = std::filesystem::weakly_canonical(path, unknown);
  auto lock = FileLock::take((unknown ? path : file.string()) + ".lock", options.busy_timeout);
  if (!lock) return std::move(lock).failure("open " + path);
  auto database = open_database(path, options);
  if (!database) return std::move(database).failure();
  auto state =
      std::make_unique<State>(std::move(*lock), std::move(*database), options, std::move(log));
  state->thread = std::thread([raw = state.get()] { raw->serve(); });
  return std::unique_ptr<Writer>(new Writer(std::move(state)));
}

Writer::Writer(std::unique_ptr<State> state) : state_(std::move(state)) {}

Writer::~Writer() {
  {
    const MutexLock lock(state_->mutex);
    state_->is_ending = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
}

bool Writer::submit(Job job, Done done, Bytes weight) {
  assert(job);
  {
    const MutexLock lock(state_->mutex);
    const Options& options = state_->options;
    Health& health = state_->health;
    const bool is_too_heavy =
        health.queued_bytes.count + weight.count > options.max_queued_bytes.count;
    if (state_->is_ending || state_->queue.size() >= options.max_queued_jobs ||
        (is_too_heavy && !state_->queue.empty())) {
      ++health.refused_jobs;
      return false;
    }
    health.queued_bytes.count += weight.count;
    state_->queue.push_back({std::move(job), std::move(done), weight});
  }
  state_->changed.notify_one();
  return true;
}

bool Writer::submit_urgent(Job job, Done done, Sync sync) {
  assert(job);
  {
    const MutexLock lock(state_->mutex);
    if (state_->is_ending || state_->urgent.size() >= state_->options.max_queued_urgent) {
      ++state_->health.refused_jobs;
      return false;
    }
    state_->urgent.push_back({std::move(job), std::move(done), {}, sync});
  }
  state_->changed.notify_one();
  return true;
}

Writer::Health Writer::health() const {
  const MutexLock lock(state_->mutex);
  Health health = state_->health;
  health.queued_jobs = state_->queue.size() + state_->urgent.size();
  return health;
}

}  // namespace quotecached::store
