#include "cache/sqlite_rows.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "store/reader.hpp"

namespace quotecached::cache {
namespace {

constexpr std::int64_t kPruneChunk = 2000;   // rows
constexpr std::int64_t kVacuumChunk = 2000;  // pages

std::int64_t to_column(TimePoint time) {
  return static_cast<std::int64_t>(time.time_since_epoch().count());
}

// Null when it expired meanwhile or does not decode; the latter is counted.
EntryPtr read_value(SQLite::Statement& row,
                    const std::string& key,
                    TimePoint now,
                    const CodecLimits& limits,
                    std::size_t& undecodable) {
  const SQLite::Column value = row.getColumn(0);
  const std::string_view stored(static_cast<const char*>(value.getBlob()),
                                static_cast<std::size_t>(value.getBytes()));
  auto entry = decode(stored, key, limits);
  if (!entry) {
    ++undecodable;
    return nullptr;
  }
  return is_usable(**entry, now) ? std::move(*entry) : nullptr;
}

std::int64_t delete_expired(SQLite::Database& database, TimePoint now) {
  SQLite::Statement expired(database,
                            "DELETE FROM entries WHERE rowid IN (SELECT rowid FROM entries "
                            "WHERE stale_until <= ?1 ORDER BY stale_until LIMIT ?2)");
  expired.bind(1, to_column(now));
  expired.bind(2, kPruneChunk);
  return expired.exec();
}

// Deletes rows, those that end first, until about `excess` bytes are free.
std::int64_t delete_first(SQLite::Database& database, std::int64_t excess) {
  std::vector<std::int64_t> rows;
  SQLite::Statement first(database,
                          "SELECT rowid, length(value) FROM entries ORDER BY stale_until LIMIT ?1");
  first.bind(1, kPruneChunk);
  while (excess > 0 && first.executeStep()) {
    rows.push_back(first.getColumn(0).getInt64());
    excess -= first.getColumn(1).getInt64();
  }
  first.reset();
  SQLite::Statement remove(database, "DELETE FROM entries WHERE rowid = ?1");
  for (const std::int64_t row : rows) {
    remove.bind(1, row);
    remove.exec();
    remove.reset();
  }
  return static_cast<std::int64_t>(rows.size());
}

std::int64_t pragma(SQLite::Database& database, const char* query) {
  return database.execAndGet(query).getInt64();
}

}  // namespace

RowsRead read_entries(store::Reader& reader,
                      const std::vector<std::string>& keys,
                      TimePoint now,
                      const CodecLimits& limits,
                      Bytes max_value) {
  RowsRead read;
  read.found.entries.resize(keys.size());
  reader.statement("BEGIN").exec();
  // The length stands in the row's header: a large value's pages are not touched.
  auto& query = reader.statement(
      "SELECT CASE WHEN length(value) <= ?3 THEN value END, length(value) FROM entries "
      "WHERE key = ?1 AND stale_until > ?2");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    query.bindNoCopy(1, keys[i]);
    query.bind(2, to_column(now));
    query.bind(3, static_cast<std::int64_t>(max_value.count));
    const bool is_there = query.executeStep();
    const auto size =
        is_there ? static_cast<std::uint64_t>(query.getColumn(1).getInt64()) : std::uint64_t{0};
    if (size > max_value.count) {
      read.large.push_back(i);
      read.large_size.count += size;
    } else if (is_there) {
      read.found.entries[i] = read_value(query, keys[i], now, limits, read.found.undecodable);
    }
    query.reset();
  }
  reader.statement("COMMIT").exec();
  return read;
}

std::vector<std::string> find_keys(
    store::Reader& reader,
    TimePoint now,
    const CodecLimits& limits,
    const std::function<bool(const std::string& key, const Entry&)>& matches) {
  std::vector<std::string> keys;
  std::size_t undecodable = 0;
  auto& query = reader.statement("SELECT value, key FROM entries WHERE stale_until > ?1");
  query.bind(1, to_column(now));
  while (query.executeStep()) {
    const std::string key = query.getColumn(1).getString();
    const auto entry = read_value(query, key, now, limits, undecodable);
    if (entry && matches(key, *entry)) keys.push_back(key);
  }
  query.reset();
  return keys;
}

void upsert_entries(SQLite::Database& database,
                    const std::vector<Item>& items,
                    TimePoint now,
                    const CodecLimits& limits) {
  SQLite::Statement upsert(database,
                           "INSERT INTO entries (key, value, fetched_at, stale_until) "
                           "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (key) DO UPDATE SET "
                           "value = excluded.value, fetched_at = excluded.fetched_at, "
                           "stale_until = excluded.stale_until "
                           "WHERE excluded.fetched_at >= entries.fetched_at "
                           "OR entries.fetched_at > ?5");
  for (const Item& item : items) {
    const std::string stored = encode(*item.entry, item.key, limits);
    upsert.bindNoCopy(1, item.key);
    upsert.bindNoCopy(2, stored.data(), static_cast<int>(stored.size()));
    upsert.bind(3, to_column(item.entry->fetched_at));
    upsert.bind(4, to_column(item.entry->stale_until));
    upsert.bind(5, to_column(now + kClockTolerance));
    upsert.exec();
    upsert.reset();
  }
}

void delete_entries(SQLite::Database& database, const std::vector<std::string>& keys) {
  SQLite::Statement remove(database, "DELETE FROM entries WHERE key = ?");
  for (const std::string& key : keys) {
    remove.bindNoCopy(1, key);
    remove.exec();
    remove.reset();
  }
}

bool prune_entries(SQLite::Database& database, TimePoint now, Bytes max_bytes) {
  const std::int64_t page_size = pragma(database, "PRAGMA page_size");
  const std::int64_t free_pages = pragma(database, "PRAGMA freelist_count");
  const std::int64_t pages = pragma(database, "PRAGMA page_count");
  const std::int64_t excess =
      (pages - free_pages) * page_size - static_cast<std::int64_t>(max_bytes.count);
  const std::int64_t deleted =
      excess > 0 ? delete_first(database, excess) : delete_expired(database, now);

  // Pages that will be filled again soon are better kept: only a surplus is given back.
  if (free_pages > pages / 4) {
    database.exec("PRAGMA incremental_vacuum(" + std::to_string(kVacuumChunk) + ")");
  }
  return deleted == kPruneChunk;
}

void write_and_delete(SQLite::Database& database) {
  database.exec(
      "INSERT OR REPLACE INTO entries (key, value, fetched_at, stale_until) "
      "VALUES ('probe', x'', 0, 0); DELETE FROM entries WHERE key = 'probe'");
}

}  // namespace quotecached::cache
