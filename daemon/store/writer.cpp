// The writer's jobs: taken from the queue, committed in groups, and told how it went. The file they
// are written to is looked after in writer_file.cpp.
#include "store/writer.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include "store/database_file.hpp"
#include "store/writer_state.hpp"

namespace quotecached::store {
namespace {

constexpr std::chrono::seconds kJobLogInterval{10};

Writer::Sync most_of(const std::vector<QueuedJob>& group, Writer::Sync sync) {
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

}  // namespace

void Writer::State::serve() {
  std::vector<QueuedJob> group;
  // Now and then without jobs, to look whether the file is still there.
  while (queue.take(group, std::chrono::steady_clock::now() + options.look_every)) {
    look();
    check();
    const bool works = group.empty() || commit(group);
    if (!works && queue.has_ended()) break;
  }
  fail_rest();
}

// Outside of transactions only. No I/O of its own.
void Writer::State::set_sync(Sync wanted) {
  if (wanted == sync) return;
  database->exec(wanted == Sync::Full ? "PRAGMA synchronous = FULL"
                                      : "PRAGMA synchronous = NORMAL");
  sync = wanted;
}

// False when the database failed.
bool Writer::State::commit(std::vector<QueuedJob>& group) {
  std::vector<Result<void>> ends(group.size());
  std::string error;
  bool is_damaged = false;
  try {
    if (!database) throw std::runtime_error("the database is gone");
    set_sync(most_of(group, options.sync));
    database->exec("BEGIN IMMEDIATE");
    for (std::size_t i = 0; i < group.size(); ++i) ends[i] = run(group[i].job);
    database->exec("COMMIT");
  } catch (const std::exception& e) {
    error = e.what();
    const auto* const from_sqlite = dynamic_cast<const SQLite::Exception*>(&e);
    is_damaged = from_sqlite != nullptr && is_corrupt(*from_sqlite);
    if (database && sqlite3_get_autocommit(database->getHandle()) == 0)
      database->tryExec("ROLLBACK");
    for (auto& end : ends) {
      if (end) end = fail(ErrorCode::Unavailable, error);
    }
  }
  std::size_t failed = 0;
  for (const auto& end : ends) failed += end ? 0U : 1U;
  note_health(failed, group.size() - failed, error);
  for (std::size_t i = 0; i < group.size(); ++i) tell(group[i].done, std::move(ends[i]));
  if (is_damaged) replace_damaged(error);
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
    log.warn("database_job_failed", {{"error", kept}});
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
  if (turned && works) log.info("database_writes_work_again");
  if (turned && !works) log.error("database_writes_fail", {{"error", error}});
}

void Writer::State::tell(const Done& done, Result<void> end) const {
  if (!done) return;
  try {
    done(std::move(end));
  } catch (const std::exception& e) {
    log.error("database_jobs_completion_threw", {{"error", e.what()}});
  }
}

// The database fails while the writer ends: nothing will be written any more.
void Writer::State::fail_rest() {
  const auto rest = queue.take_all();
  std::string error;
  {
    const MutexLock lock(mutex);
    health.failed_jobs += rest.size();
    error = health.last_error;
  }
  for (const auto& queued : rest) tell(queued.done, fail(ErrorCode::Unavailable, error));
}

Result<std::unique_ptr<Writer>> Writer::open(const std::string& path, Options options, Log log) {
  assert(options.max_group > 0);
  auto state = std::make_unique<State>(path, options, std::move(log));
  auto opened = state->open();
  if (!opened) return std::move(opened).failure();
  state->thread = std::thread([raw = state.get()] { raw->serve(); });
  return std::unique_ptr<Writer>(new Writer(std::move(state)));
}

Writer::Writer(std::unique_ptr<State> state) : state_(std::move(state)) {}

Writer::~Writer() {
  state_->queue.end();
  state_->thread.join();
}

bool Writer::submit(Job job, Done done, Bytes weight) {
  assert(job);
  return state_->queue.push({std::move(job), std::move(done), weight, Sync::Normal});
}

bool Writer::submit_urgent(Job job, Done done, Sync sync) {
  assert(job);
  return state_->queue.push_urgent({std::move(job), std::move(done), {}, sync});
}

void Writer::doubt() noexcept { state_->is_doubted = true; }

void Writer::on_renewed(std::function<void()> observer) {
  const MutexLock lock(state_->mutex);
  state_->renewed = std::move(observer);
}

Writer::Health Writer::health() const {
  const MutexLock lock(state_->mutex);
  Health health = state_->health;
  const auto queued = state_->queue.stats();
  health.queued_jobs = queued.jobs;
  health.queued_bytes = queued.bytes;
  health.refused_jobs = queued.refused;
  return health;
}

}  // namespace quotecached::store
