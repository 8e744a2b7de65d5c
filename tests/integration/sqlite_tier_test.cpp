// The SQLite tier on a real file: what it gives back, and for how long.
#include "cache/sqlite_tier.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "../unit/io/run.hpp"
#include "io/offload.hpp"
#include "sqlite_files.hpp"
#include "sqlite_tier_rig.hpp"
#include "store/reader.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::cache;
namespace asio = boost::asio;
using test::kTierNow;
using test::one_item;
using test::put;
using test::put_text;
using test::SqliteRig;
using test::TempDir;
using test::tier_item;

namespace {

// The text of one key, "-" for a miss.
asio::awaitable<std::string> get(SqliteRig& rig, std::string key, TimePoint now) {
  std::vector<std::string> keys;
  keys.push_back(std::move(key));
  auto found = co_await rig.tier.lookup(std::move(keys), now);
  if (!found) co_return "error: " + found.error().message;
  if (!found->entries[0]) co_return "-";
  co_return found->entries[0]->fragment.text;
}

asio::awaitable<void> round_trip(SqliteRig& rig) {
  std::vector<Item> items;
  for (int i = 0; i < 150; ++i) {
    items.push_back(tier_item(fmt::format("k{}", i), fmt::format("text {}", i), kTierNow));
  }
  auto negative = std::make_shared<Entry>(*items[0].entry);
  negative->fragment.text.clear();
  negative->is_negative = true;
  items.push_back({"none", negative});
  const auto originals = items;
  co_await put(rig, std::move(items), kTierNow);

  std::vector<std::string> keys{"k149", "absent", "k0", "k149", "none"};
  for (int i = 0; i < 150; ++i) keys.push_back(fmt::format("k{}", i));
  auto found = co_await rig.tier.lookup(std::move(keys), kTierNow);
  REQUIRE(found);
  REQUIRE(found->entries.size() == 155);
  CHECK(found->undecodable == 0);
  CHECK_FALSE(found->entries[1]);
  REQUIRE(found->entries[0]);
  CHECK(found->entries[0]->fragment == originals[149].entry->fragment);
  CHECK(found->entries[0]->fetched_at == kTierNow);
  CHECK(found->entries[0]->fresh_until == kTierNow + 60s);
  CHECK(found->entries[0]->stale_until == kTierNow + 24h);
  CHECK(found->entries[0]->content_hash == 42);
  REQUIRE(found->entries[3]);
  CHECK(found->entries[3]->fragment.text == "text 149");
  REQUIRE(found->entries[4]);
  CHECK(found->entries[4]->is_negative);
  for (std::size_t i = 0; i < 150; ++i) {
    CAPTURE(i);
    REQUIRE(found->entries[5 + i]);
    CHECK(found->entries[5 + i]->fragment.text == originals[i].entry->fragment.text);
  }

  std::vector<std::string> nothing;
  auto empty = co_await rig.tier.lookup(std::move(nothing), kTierNow);
  REQUIRE(empty);
  CHECK(empty->entries.empty());
}

asio::awaitable<void> younger_wins(SqliteRig& rig) {
  co_await put_text(rig, "k", "young", kTierNow, kTierNow);
  co_await put_text(rig, "k", "old", kTierNow - 1ms, kTierNow);
  const auto kept = co_await get(rig, "k", kTierNow);
  CHECK(kept == "young");
  co_await put_text(rig, "k", "same age", kTierNow, kTierNow);
  const auto same = co_await get(rig, "k", kTierNow);
  CHECK(same == "same age");
  co_await put_text(rig, "k", "younger", kTierNow + 1ms, kTierNow + 1ms);
  const auto replaced = co_await get(rig, "k", kTierNow + 1ms);
  CHECK(replaced == "younger");
}

asio::awaitable<void> future_gives_way(SqliteRig& rig) {
  co_await put_text(rig, "k", "of a clock that was ahead", kTierNow + 10h, kTierNow + 10h);
  co_await put_text(rig, "k", "of now", kTierNow, kTierNow);
  const auto kept = co_await get(rig, "k", kTierNow);
  CHECK(kept == "of now");
}

// Keys of three endpoints, fresh for a day by their own account.
asio::awaitable<void> outlives_cap(SqliteRig& rig) {
  std::vector<Item> items;
  for (const char* key : {"qc1:map:query:", "qc1:v2.quotes:id:1:USD:-", "qc1:unheard-of:query:"}) {
    auto entry = std::make_shared<Entry>(*tier_item("", key, kTierNow).entry);
    entry->fresh_until = kTierNow + 24h;
    entry->stale_until = kTierNow + 48h;
    items.push_back({key, entry});
  }
  std::vector<std::string> keys{items[0].key, items[1].key, items[2].key};
  co_await put(rig, std::move(items), kTierNow);
  auto found = co_await rig.tier.lookup(std::move(keys), kTierNow + 2h);
  REQUIRE(found);
  CHECK(found->entries.at(0)->fresh_until == kTierNow + 24h);
  CHECK(found->entries.at(1)->fresh_until == kTierNow + 1h);
  CHECK(found->entries.at(2)->fresh_until == kTierNow + 1h);
}

asio::awaitable<void> reads_large(SqliteRig& rig) {
  std::vector<Item> items;
  std::vector<std::string> keys{"small"};
  items.push_back(tier_item("small", "text", kTierNow));
  for (int i = 0; i < 6; ++i) {
    std::string text;
    std::uint64_t state = 1;
    while (text.size() < 8'000'000) {  // what cannot be compressed
      state = state * 6364136223846793005U + 1442695040888963407U;
      text.append(reinterpret_cast<const char*>(&state), sizeof state);
    }
    keys.push_back(fmt::format("large{}", i));
    items.push_back(tier_item(keys.back(), std::move(text), kTierNow));
  }
  co_await put(rig, std::move(items), kTierNow);
  // On the busiest machine not even the small read is done in its time, at first.
  Result<Found> found = fail(ErrorCode::Timeout, "not read yet");
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (!found && std::chrono::steady_clock::now() < deadline)
    found = co_await rig.tier.lookup(keys, kTierNow);
  REQUIRE_MESSAGE(found, found.error().message);
  for (const auto& entry : found->entries) CHECK(entry != nullptr);
  CHECK(found->entries.back()->fragment.text.size() == 8'000'000);
}

asio::awaitable<void> caps_freshness(SqliteRig& rig) {
  auto entry = std::make_shared<Entry>(*tier_item("", "map", kTierNow).entry);
  entry->fresh_until = kTierNow + 24h;
  entry->stale_until = kTierNow + 48h;
  std::vector<Item> items;
  items.push_back({"k", entry});
  co_await put(rig, std::move(items), kTierNow);
  std::vector<std::string> keys{"k"};
  auto found = co_await rig.tier.lookup(std::move(keys), kTierNow + 2h);
  REQUIRE(found);
  REQUIRE(found->entries[0]);
  CHECK(found->entries[0]->fresh_until == kTierNow + 1h);
  CHECK(found->entries[0]->fetched_at == kTierNow);
  CHECK(found->entries[0]->stale_until == kTierNow + 48h);
  CHECK_FALSE(is_fresh(*found->entries[0], kTierNow + 2h));
}

asio::awaitable<void> expired_is_a_miss(SqliteRig& rig) {
  co_await put_text(rig, "k", "text", kTierNow, kTierNow);
  const auto last = co_await get(rig, "k", kTierNow + 24h - 1ms);
  CHECK(last == "text");
  const auto gone = co_await get(rig, "k", kTierNow + 24h);
  CHECK(gone == "-");
  co_await put_text(rig, "past", "text", kTierNow - 24h, kTierNow);
  CHECK(rig.query("SELECT count(*) FROM entries WHERE key = 'past'") == 0);
}

asio::awaitable<void> removes(SqliteRig& rig) {
  std::vector<Item> items;
  for (const char* key : {"a", "b", "c"}) items.push_back(tier_item(key, key, kTierNow));
  co_await put(rig, std::move(items), kTierNow);
  std::vector<std::string> keys{"a", "c", "absent"};
  auto removed = co_await rig.tier.remove(std::move(keys));
  CHECK(removed);
  CHECK(rig.query("SELECT count(*) FROM entries") == 1);
  const auto left = co_await get(rig, "b", kTierNow);
  CHECK(left == "b");
}

}  // namespace

TEST_SUITE("cache::SqliteTier") {
  TEST_CASE("gives back what was stored, key by key, with its times") {
    SqliteRig rig;
    test::run(round_trip(rig));
  }

  TEST_CASE("an older copy never replaces a younger one") {
    SqliteRig rig;
    test::run(younger_wins(rig));
  }

  TEST_CASE("a copy from the future gives way") {
    SqliteRig rig;
    test::run(future_gives_way(rig));
  }

  TEST_CASE("an entry past the cap comes back stale, with its own age") {
    SqliteRig rig;
    test::run(caps_freshness(rig));
  }

  TEST_CASE("what its family has fresh for longer than the cap comes back fresh") {
    SqliteTier::Options options = SqliteRig::patient();
    options.fresh_times =
        std::make_shared<const FreshTimes>(FreshTimes{{"map", 24h}, {"v2.quotes", 60s}});
    SqliteRig rig(options);
    test::run(outlives_cap(rig));
  }

  TEST_CASE("large copies have time to be read by their size") {
    // Far less than their reading takes, and enough for a small one.
    SqliteTier::Options options;
    options.lookup_timeout = 5ms;
    SqliteRig rig(options);
    test::run(reads_large(rig));
  }

  TEST_CASE("nobody gets an entry past its stale_until") {
    SqliteRig rig;
    test::run(expired_is_a_miss(rig));
  }

  TEST_CASE("removes keys") {
    SqliteRig rig;
    test::run(removes(rig));
  }

  TEST_CASE("entries survive a restart") {
    TempDir dir;
    const auto path = dir.file();
    for (const bool is_first : {true, false}) {
      auto writer = test::open_writer(path);
      auto opened = store::ReaderPool::open(path, {});
      REQUIRE(opened);
      std::shared_ptr<store::ReaderPool> readers = std::move(*opened);
      io::OffloadPool pool({.threads = 1, .max_queued = 4});
      SqliteTier tier(*writer, readers, pool, SqliteRig::patient());
      auto use = [&]() -> asio::awaitable<void> {
        if (is_first) {
          auto items = one_item(tier_item("k", "text", kTierNow));
          auto stored = co_await tier.store(std::move(items), kTierNow);
          CHECK(stored);
          co_return;
        }
        std::vector<std::string> keys{"k"};
        auto found = co_await tier.lookup(std::move(keys), kTierNow);
        REQUIRE(found);
        REQUIRE(found->entries[0]);
        CHECK(found->entries[0]->fragment.text == "text");
      };
      test::run(use());
    }
  }
}
