// The SQLite tier on a real file that is too large, damaged or slow.
#include <future>

#include <SQLiteCpp/Database.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "../unit/io/run.hpp"
#include "cache/sqlite_tier.hpp"
#include "io/offload.hpp"
#include "sqlite_files.hpp"
#include "sqlite_tier_rig.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::cache;
namespace asio = boost::asio;
using test::kTierNow;
using test::one_item;
using test::put;
using test::put_text;
using test::SqliteRig;
using test::tier_item;

namespace {

asio::awaitable<void> undecodable_is_counted(SqliteRig& rig) {
  std::vector<Item> items;
  for (const char* key : {"whole", "cut", "swapped"})
    items.push_back(tier_item(key, key, kTierNow));
  co_await put(rig, std::move(items), kTierNow);
  rig.change("UPDATE entries SET value = substr(value, 1, 9) WHERE key = 'cut'");
  rig.change(
      "UPDATE entries SET value = (SELECT value FROM entries WHERE key = 'whole') "
      "WHERE key = 'swapped'");
  std::vector<std::string> keys{"whole", "cut", "swapped", "absent"};
  auto found = co_await rig.tier.lookup(std::move(keys), kTierNow);
  REQUIRE(found);
  CHECK(found->entries[0]);
  CHECK_FALSE(found->entries[1]);
  CHECK_FALSE(found->entries[2]);
  CHECK(found->undecodable == 2);
}

asio::awaitable<std::uint64_t> commits_of_trial(SqliteRig& rig, TimePoint now) {
  const auto before = rig.writer->health().commits;
  std::string key = "trial";
  auto how = co_await rig.tier.try_out(std::move(key), now);
  if (!how) FAIL_CHECK(how.error().message);
  co_return rig.writer->health().commits - before;
}

asio::awaitable<void> trial_writes_seldom(SqliteRig& rig) {
  const auto first = co_await commits_of_trial(rig, kTierNow);
  CHECK(first >= 2);  // and those of a prune
  rig.drain(4);
  const auto soon = co_await commits_of_trial(rig, kTierNow + 59s);
  CHECK(soon == 0);
  const auto later = co_await commits_of_trial(rig, kTierNow + 60s);
  CHECK(later >= 2);
  rig.drain(4);
  const auto before_it = co_await commits_of_trial(rig, kTierNow);  // the clock was set back
  CHECK(before_it >= 2);
}

asio::awaitable<void> trial_writes_after_failure(SqliteRig& rig) {
  const auto first = co_await commits_of_trial(rig, kTierNow);
  CHECK(first >= 2);
  rig.drain(4);
  const auto fails = [](SQLite::Database& database) { database.exec("no SQL"); };
  CHECK_FALSE(test::run_job(*rig.writer, fails));
  const auto next = co_await commits_of_trial(rig, kTierNow + 1s);
  CHECK(next >= 2);
  rig.drain(4);
  const auto after_it = co_await commits_of_trial(rig, kTierNow + 2s);
  CHECK(after_it == 0);
}

asio::awaitable<void> prunes_expired(SqliteRig& rig) {
  rig.change(
      "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 5000) "
      "INSERT INTO entries SELECT 'old' || i, x'00', 0, 1000 FROM n");
  co_await put_text(rig, "k", "text", kTierNow, kTierNow);  // the first store prunes
  rig.drain(4);
  CHECK(rig.query("SELECT count(*) FROM entries") == 1);

  rig.change("INSERT INTO entries VALUES ('old', x'00', 0, 1000)");
  co_await put_text(rig, "k", "text", kTierNow, kTierNow + 59s);  // too soon to prune again
  rig.drain();
  CHECK(rig.query("SELECT count(*) FROM entries") == 2);
  co_await put_text(rig, "k", "text", kTierNow, kTierNow + 60s);
  rig.drain();
  CHECK(rig.query("SELECT count(*) FROM entries") == 1);
}

asio::awaitable<void> prunes_to_size(SqliteRig& rig) {
  // 12,000 rows of 1 KB; those that end first have the lowest numbers.
  rig.change(
      fmt::format("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 12000) "
                  "INSERT INTO entries SELECT 'k' || i, randomblob(1000), {0}, {0} + i FROM n",
                  kTierNow.time_since_epoch().count()));
  rig.tier.prune(kTierNow);
  rig.drain(12);
  const auto left = rig.query("SELECT count(*) FROM entries");
  CHECK(left < 5000);
  CHECK(left > 3000);
  CHECK(rig.query("SELECT max(stale_until) FROM entries") ==
        kTierNow.time_since_epoch().count() + 12000);
  CHECK(rig.query("SELECT min(stale_until) FROM entries") ==
        kTierNow.time_since_epoch().count() + 12001 - left);
  CHECK(rig.query("PRAGMA page_count") * 4096 < 12'000'000);  // pages were given back
  co_return;
}

// Holds the pool's only thread until opened.
struct Gate {
  std::promise<void> reached;
  std::promise<void> opened;
};

asio::awaitable<void> hold(io::OffloadPool& pool, std::shared_ptr<Gate> gate) {
  auto wait = [gate] {
    gate->reached.set_value();
    gate->opened.get_future().wait();
  };
  auto held = co_await io::offload(pool, std::move(wait), 20s);
  CHECK(held);
}

asio::awaitable<void> answers_in_time(SqliteRig& rig) {
  const auto gate = std::make_shared<Gate>();
  const auto loop = co_await asio::this_coro::executor;
  asio::co_spawn(loop, hold(rig.pool, gate), asio::detached);
  co_await asio::post(loop, asio::use_awaitable);
  gate->reached.get_future().wait();
  // The queue of four fills up with lookups that time out.
  std::vector<std::string> keys{"k"};
  for (int i = 0; i < 4; ++i) {
    auto late = co_await rig.tier.lookup(keys, kTierNow);
    REQUIRE_FALSE(late);
    CHECK(late.error().code == ErrorCode::Timeout);
  }
  auto refused = co_await rig.tier.lookup(keys, kTierNow);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::Exhausted);
  gate->opened.set_value();
  rig.pool.stop();
}

asio::awaitable<void> probes(SqliteRig& rig) {
  auto works = co_await rig.tier.probe();
  CHECK(works);
  SQLite::Database other(rig.dir.file(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  auto items = one_item(tier_item("k", "text", kTierNow));
  auto stored = co_await rig.tier.store(std::move(items), kTierNow);
  CHECK_FALSE(stored);
  auto unwritable = co_await rig.tier.probe();
  REQUIRE_FALSE(unwritable);
  CHECK(unwritable.error().message.find("locked") != std::string::npos);
  other.exec("COMMIT");
  auto again = co_await rig.tier.probe();
  CHECK(again);
  CHECK(rig.query("SELECT count(*) FROM entries") == 0);
  rig.change("DROP TABLE entries");
  auto broken = co_await rig.tier.probe();
  REQUIRE_FALSE(broken);
  CHECK(broken.error().code == ErrorCode::Unavailable);
}

}  // namespace

TEST_SUITE("cache::SqliteTier") {
  TEST_CASE("damaged values and those of other keys are misses, and counted") {
    SqliteRig rig;
    test::run(undecodable_is_counted(rig));
  }

  TEST_CASE("prunes expired rows in chunks, at most once an interval") {
    SqliteRig rig;
    test::run(prunes_expired(rig), 20s);
  }

  TEST_CASE("prunes what ends first while the database is too large, and shrinks the file") {
    SqliteTier::Options options = SqliteRig::patient();
    options.max_bytes = mebibytes(5);
    SqliteRig rig(options);
    test::run(prunes_to_size(rig), 20s);
  }

  TEST_CASE("answers within its own timeout when reads hang") {
    SqliteTier::Options options;
    options.lookup_timeout = 2ms;
    SqliteRig rig(options);
    test::run(answers_in_time(rig));
  }

  TEST_CASE("a trial writes at most once an interval, and after a write that failed") {
    SqliteRig rig;
    SUBCASE("by the clock") { test::run(trial_writes_seldom(rig), 20s); }
    SUBCASE("by the writer") { test::run(trial_writes_after_failure(rig), 20s); }
  }

  TEST_CASE("a probe reads, and writes when the last write failed") {
    SqliteRig rig;
    test::run(probes(rig), 20s);
  }
}
