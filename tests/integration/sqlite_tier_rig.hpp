// A SQLite tier on a real file, asked on a loop of its own.
#pragma once

#include <SQLiteCpp/Database.h>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include "cache/sqlite_tier.hpp"
#include "io/offload.hpp"
#include "sqlite_files.hpp"
#include "store/reader.hpp"
#include "store/writer.hpp"

namespace quotecached::test {

using namespace cache;
using namespace std::chrono_literals;
namespace asio = boost::asio;

inline const TimePoint kTierNow{1'780'000'000'000ms};

inline Item tier_item(std::string key, std::string text, TimePoint fetched_at) {
  auto entry = std::make_shared<Entry>();
  entry->fragment.text = std::move(text);
  entry->fetched_at = fetched_at;
  entry->fresh_until = fetched_at + 60s;
  entry->stale_until = fetched_at + 24h;
  entry->content_hash = 42;
  return {std::move(key), std::move(entry)};
}

inline std::vector<Item> one_item(Item item) {
  std::vector<Item> items;
  items.push_back(std::move(item));
  return items;
}

struct SqliteRig {
  TempDir dir;
  std::unique_ptr<store::Writer> writer = test::open_writer(dir.file());
  std::shared_ptr<store::ReaderPool> readers = open_readers();
  io::OffloadPool pool{{.threads = 1, .max_queued = 4}};
  SqliteTier tier;

  explicit SqliteRig(SqliteTier::Options options = patient())
      : tier(*writer, readers, pool, options) {}

  static SqliteTier::Options patient() {
    SqliteTier::Options options;
    options.lookup_timeout = 5s;
    return options;
  }

  std::shared_ptr<store::ReaderPool> open_readers() const {
    auto opened = store::ReaderPool::open(dir.file(), {});
    if (!opened) FAIL(opened.error().message);
    return std::move(*opened);
  }

  std::int64_t query(const std::string& sql) const {
    SQLite::Database database(dir.file(), SQLite::OPEN_READONLY, 2000);
    return database.execAndGet(sql).getInt64();
  }
  void change(const std::string& sql) const {
    REQUIRE(run_job(*writer, [sql](SQLite::Database& database) { database.exec(sql); }));
  }
  // Waits for all jobs queued so far, and for those that they queued, one generation each.
  void drain(int generations = 1) const {
    for (int i = 0; i < generations; ++i) REQUIRE(run_job(*writer, [](SQLite::Database&) {}));
  }
};

inline asio::awaitable<void> put(SqliteRig& rig, std::vector<Item> items, TimePoint now) {
  auto stored = co_await rig.tier.store(std::move(items), now);
  if (!stored) FAIL_CHECK(stored.error().message);
}

inline asio::awaitable<void> put_text(
    SqliteRig& rig, const char* key, const char* text, TimePoint fetched_at, TimePoint now) {
  std::vector<Item> items = one_item(tier_item(key, text, fetched_at));
  co_await put(rig, std::move(items), now);
}

}  // namespace quotecached::test
