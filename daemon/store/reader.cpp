#include "store/reader.hpp"

#include <cassert>
#include <condition_variable>
#include <map>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include "base/mutex.hpp"
#include "store/database_file.hpp"
#include "store/migrations.hpp"

namespace quotecached::store {

struct Reader::State {
  State(const std::string& path, std::chrono::milliseconds busy_timeout)
      : database(path,
                 SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX,
                 static_cast<int>(busy_timeout.count())) {}

  SQLite::Database database;
  std::map<std::string, SQLite::Statement, std::less<>> statements;
};

Reader::Reader(const std::string& path, std::chrono::milliseconds busy_timeout, Bytes page_cache)
    : state_(std::make_unique<State>(path, busy_timeout)) {
  state_->database.exec(fmt::format("PRAGMA cache_size = -{}", page_cache.count / 1024));
}

Reader::~Reader() = default;

SQLite::Statement& Reader::statement(std::string_view sql) {
  auto at = state_->statements.find(sql);
  if (at == state_->statements.end()) {
    const std::string text(sql);
    at = state_->statements.emplace(text, SQLite::Statement(state_->database, text)).first;
  }
  at->second.tryReset();
  at->second.clearBindings();
  return at->second;
}

void Reader::reset() noexcept {
  for (auto& [sql, statement] : state_->statements) statement.tryReset();
}

bool Reader::is_outdated() const noexcept { return has_moved(state_->database); }

struct ReaderPool::State {
  State(std::string the_path, Options wanted)
      : path(std::move(the_path)), options(std::move(wanted)) {
    idle.reserve(options.connections);
  }

  const std::string path;
  const Options options;
  Mutex mutex;
  std::condition_variable returned;
  std::vector<std::unique_ptr<Reader>> idle GUARDED_BY(mutex);
  std::size_t in_use GUARDED_BY(mutex) = 0;

  [[nodiscard]] std::unique_ptr<Reader> make() const {
    return std::make_unique<Reader>(path, options.busy_timeout, options.page_cache);
  }
};

ReaderPool::ReaderPool(std::unique_ptr<State> state) : state_(std::move(state)) {}

ReaderPool::~ReaderPool() {
  const MutexLock lock(state_->mutex);
  assert(state_->in_use == 0);
}

Result<std::unique_ptr<ReaderPool>> ReaderPool::open(const std::string& path, Options options) {
  assert(options.connections > 0);
  std::unique_ptr<ReaderPool> pool(
      new ReaderPool(std::make_unique<State>(path, std::move(options))));
  auto version = pool->read([](Reader& reader) {
    auto& query = reader.statement("PRAGMA user_version");
    return query.executeStep() ? query.getColumn(0).getInt() : 0;
  });
  if (!version) return std::move(version).failure("open " + path + " for reading");
  if (*version != migrations().back().version) {
    return fail(
        ErrorCode::Unavailable,
        fmt::format("open {} for reading: schema {} is not this program's", path, *version));
  }
  return pool;
}

Result<ReaderPool::Lease> ReaderPool::checkout() {
  std::unique_ptr<Reader> reader;
  const auto deadline = std::chrono::steady_clock::now() + state_->options.checkout_timeout;
  bool is_in_time = true;
  {
    MutexLock lock(state_->mutex);
    while (state_->in_use >= state_->options.connections && is_in_time)
      is_in_time = lock.wait_until(state_->returned, deadline);
    if (state_->in_use >= state_->options.connections)
      return fail(ErrorCode::Exhausted, "all database connections are in use");
    ++state_->in_use;
    if (!state_->idle.empty()) {
      reader = std::move(state_->idle.back());
      state_->idle.pop_back();
    }
  }
  if (reader && reader->is_outdated()) reader.reset();
  if (!reader) {
    try {
      reader = state_->make();
    } catch (const std::exception& e) {
      give_back(nullptr);
      note_failure(e);
      return fail(ErrorCode::Unavailable, e.what());
    }
  }
  return Lease(*this, std::move(reader));
}

void ReaderPool::note_failure(const std::exception& failure) const {
  const auto* const from_sqlite = dynamic_cast<const SQLite::Exception*>(&failure);
  const bool is_damage = from_sqlite != nullptr && is_corrupt(*from_sqlite);
  if (is_damage && state_->options.on_damage) state_->options.on_damage();
}

void ReaderPool::give_back(std::unique_ptr<Reader> reader) noexcept {
  if (reader) reader->reset();
  {
    const MutexLock lock(state_->mutex);
    --state_->in_use;
    if (reader) state_->idle.push_back(std::move(reader));
  }
  state_->returned.notify_one();
}

ReaderPool::Lease::Lease(ReaderPool& pool, std::unique_ptr<Reader> reader)
    : pool_(&pool), reader_(std::move(reader)) {}

ReaderPool::Lease::~Lease() {
  if (!reader_) return;
  if (is_broken_) reader_.reset();
  pool_->give_back(std::move(reader_));
}

}  // namespace quotecached::store
