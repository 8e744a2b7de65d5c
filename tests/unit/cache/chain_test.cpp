#include "cache/chain.hpp"

#include <functional>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include "fakes.hpp"

using namespace quotecached;
using namespace quotecached::cache;
using namespace std::chrono_literals;
using test::make_entry;
namespace asio = boost::asio;

namespace {

// A chain over two fake tiers, "redis" above "sqlite".
struct Bed {
  asio::io_context loop;
  test::StillClock clock;
  MemoryTier memory{MemoryTier::Options{}};
  std::shared_ptr<test::TierControl> upper = std::make_shared<test::TierControl>();
  std::shared_ptr<test::TierControl> lower = std::make_shared<test::TierControl>();
  std::ostringstream lines;
  std::unique_ptr<Chain> chain;

  explicit Bed(Chain::Options options = quick()) {
    std::vector<std::unique_ptr<Tier>> tiers;
    tiers.push_back(std::make_unique<test::FakeTier>("redis", upper));
    tiers.push_back(std::make_unique<test::FakeTier>("sqlite", lower));
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(lines);
    const Log log(std::make_shared<spdlog::logger>("test", sink), Log::Format::Text);
    chain = std::make_unique<Chain>(
        loop.get_executor(), Chain::Tiers{memory, std::move(tiers)}, options, clock, log);
  }
  ~Bed() {
    const auto executor = loop.get_executor();
    asio::co_spawn(executor, chain->stop(100ms), [](std::exception_ptr) {});
    loop.restart();
    loop.run_for(3s);
  }

  static Chain::Options quick() {
    Chain::Options options;
    options.breaker.first_probe_after = 5ms;
    options.breaker.last_probe_after = 20ms;
    return options;
  }

  std::vector<Hit> lookup(std::vector<std::string> keys) {
    std::vector<Hit> hits;
    bool is_done = false;
    asio::co_spawn(loop,
                   chain->lookup(std::move(keys)),
                   [&](std::exception_ptr failure, std::vector<Hit> found) {
                     CHECK_FALSE(failure);
                     hits = std::move(found);
                     is_done = true;
                   });
    run_until([&] { return is_done; });
    return hits;
  }

  // What is wrong with a lower tier; empty: nothing.
  std::string try_out(std::size_t tier) {
    std::optional<Result<void>> how;
    asio::co_spawn(loop, chain->try_out(tier), [&](std::exception_ptr failure, Result<void> end) {
      CHECK_FALSE(failure);
      how.emplace(std::move(end));
    });
    run_until([&] { return how.has_value(); });
    return *how ? std::string() : how->error().message;
  }

  // Runs the loop until `is_done`, for half a minute at most.
  void run_until(const std::function<bool()>& is_done) {
    loop.restart();
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (!is_done() && std::chrono::steady_clock::now() < deadline) {
      if (loop.stopped()) loop.restart();
      loop.run_one_for(5ms);
    }
    REQUIRE(is_done());
  }

  std::size_t count(const std::string& line) const {
    const std::string text = lines.str();
    std::size_t found = 0;
    for (auto at = text.find(line); at != std::string::npos; at = text.find(line, at + 1)) ++found;
    return found;
  }
};

}  // namespace

TEST_SUITE("cache::Chain") {
  TEST_CASE("a hit in the lowest tier is copied to memory at once and to the tiers above behind") {
    Bed bed;
    const auto entry = make_entry("{}", 20s);
    bed.lower->held["a"] = entry;
    const auto hits = bed.lookup({"a", "b"});
    REQUIRE(hits.size() == 2);
    CHECK(hits[0].entry == entry);
    CHECK(hits[0].tier == 1);
    CHECK(bed.chain->tier_name(1) == "sqlite");
    CHECK(hits[1].entry == nullptr);
    CHECK(bed.memory.lookup("a") == entry);
    bed.run_until([&] { return bed.upper->held.contains("a"); });
    CHECK(bed.upper->held["a"]->fetched_at == test::kNow - 20s);  // no younger than it was
    CHECK(bed.upper->held["a"]->fresh_until == entry->fresh_until);
    CHECK(bed.lower->stores.empty());
  }

  TEST_CASE("what was purged is found in no tier, and not written to any") {
    Bed bed;
    const auto purge = [&bed](milliseconds age) {
      PurgePattern pattern;
      pattern.globs = {"a*"};
      bed.memory.purge({{pattern, test::kNow - age, test::kNow + 1h}});
    };
    bed.upper->held["a"] = make_entry("old", 20s);
    bed.lower->held["a"] = make_entry("young", 5s);
    bed.lower->held["a1"] = make_entry("old", 20s);
    bed.lower->held["b"] = make_entry("old", 20s);
    purge(20s);
    auto hits = bed.lookup({"a", "a1", "b"});
    REQUIRE(hits[0].entry);
    CHECK(hits[0].entry->fragment.text == "young");  // below what is purged
    CHECK(hits[1].entry == nullptr);
    CHECK(hits[2].entry);
    CHECK(bed.memory.lookup("a1") == nullptr);
    purge(5s);
    CHECK(bed.memory.lookup("a") == nullptr);
    CHECK(bed.lookup({"a"})[0].entry == nullptr);
    // The call began before the purge.
    bed.chain->fill({{"a2", make_entry("old", 6s)}, {"a3", make_entry("young", 4s)}});
    bed.run_until([&] { return bed.lower->held.contains("a3"); });
    CHECK(bed.memory.lookup("a2") == nullptr);
    CHECK(bed.memory.lookup("a3"));
    CHECK_FALSE(bed.lower->held.contains("a2"));
    // One that comes while lower tiers are asked counts as well.
    bed.lower->delay = 50ms;
    bed.upper->held["a4"] = make_entry("stale", 70s);
    bed.lower->held["a4"] = make_entry("stale", 80s);
    bed.memory.purge({});
    bool is_done = false;
    Hit hit;
    asio::co_spawn(
        bed.loop, bed.chain->lookup({"a4"}), [&](std::exception_ptr, std::vector<Hit> found) {
          hit = found[0];
          is_done = true;
        });
    bed.run_until([&] { return bed.lower->lookups.back() == std::vector<std::string>{"a4"}; });
    CHECK_FALSE(is_done);
    purge(0s);
    bed.run_until([&] { return is_done; });
    CHECK(hit.entry == nullptr);
    CHECK(bed.memory.lookup("a4") == nullptr);
  }

  TEST_CASE("who observes fills learns of new entries once they are in memory, not of copies up") {
    Bed bed;
    struct Seen {
      std::vector<std::string> keys;
      std::size_t fills = 0;
      bool were_in_memory = true;
    };
    Seen first;
    Seen second;
    for (Seen* seen : {&first, &second}) {
      bed.chain->on_filled([&bed, seen](std::span<const Item> items) {
        ++seen->fills;
        for (const auto& item : items) {
          seen->keys.push_back(item.key);
          seen->were_in_memory = seen->were_in_memory && bed.memory.lookup(item.key) == item.entry;
        }
      });
    }
    bed.lower->held["below"] = make_entry("{}", 20s);
    REQUIRE(bed.lookup({"below"})[0].entry);
    CHECK(bed.memory.lookup("below"));
    CHECK(first.fills == 0);
    bed.chain->fill({{"a", make_entry("{}")}, {"b", make_entry("{}")}});
    bed.chain->fill({});
    bed.chain->fill({{"c", make_entry("{}")}});
    for (const Seen* seen : {&first, &second}) {
      CHECK(seen->keys == std::vector<std::string>{"a", "b", "c"});
      CHECK(seen->fills == 2);
      CHECK(seen->were_in_memory);
    }
  }

  TEST_CASE("a fresh hit ends the descent, a stale one goes on and the youngest wins") {
    const auto fresh = make_entry("fresh", 10s);
    const auto stale = make_entry("stale", 100s);
    const auto older = make_entry("older", 200s);
    struct Row {
      const char* name;
      EntryPtr upper, lower, expected;
      std::size_t tier;
      bool asks_lower;
    };
    const Row rows[] = {
        {"fresh above", fresh, stale, fresh, 0, false},
        {"stale above, fresh below", stale, fresh, fresh, 1, true},
        {"stale above, older below", stale, older, stale, 0, true},
        {"older above, stale below", older, stale, stale, 1, true},
        {"stale above, nothing below", stale, nullptr, stale, 0, true},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      Bed bed;  // what a row has copied up behind must not meet the next one
      if (row.upper) bed.upper->held["a"] = row.upper;
      if (row.lower) bed.lower->held["a"] = row.lower;
      const auto hits = bed.lookup({"a"});
      REQUIRE(hits.size() == 1);
      CHECK(hits[0].entry == row.expected);
      CHECK(hits[0].tier == row.tier);
      CHECK(bed.lower->lookups.empty() != row.asks_lower);
    }
  }

  TEST_CASE("entries past their end or from the future are misses") {
    Bed bed;
    bed.upper->held["expired"] = make_entry("x", 1h);
    bed.upper->held["nearly"] = make_entry("x", 1h - 1ms);
    bed.upper->held["future"] = make_entry("x", -2001ms);
    bed.upper->held["tolerated"] = make_entry("x", -2000ms);
    const auto hits = bed.lookup({"expired", "nearly", "future", "tolerated"});
    CHECK(hits[0].entry == nullptr);
    CHECK(hits[1].entry != nullptr);
    CHECK(hits[2].entry == nullptr);
    CHECK(hits[3].entry != nullptr);
    CHECK(bed.memory.lookup("future") == nullptr);
    CHECK(bed.chain->report()[0].counters->undecodable == 1);
  }

  TEST_CASE("lookups of one tick share a round trip, each key once") {
    Bed bed;
    bed.upper->held["a"] = make_entry("a");
    bed.upper->held["c"] = make_entry("c");
    int done = 0;
    std::vector<std::vector<Hit>> all(3);
    const std::vector<std::vector<std::string>> asked = {{"a", "b"}, {"b", "c"}, {"a"}};
    for (std::size_t i = 0; i < asked.size(); ++i) {
      asio::co_spawn(
          bed.loop, bed.chain->lookup(asked[i]), [&, i](std::exception_ptr, std::vector<Hit> hits) {
            all[i] = std::move(hits);
            ++done;
          });
    }
    bed.run_until([&] { return done == 3; });
    REQUIRE(bed.upper->lookups.size() == 1);
    CHECK(bed.upper->lookups[0] == std::vector<std::string>{"a", "b", "c"});
    REQUIRE(bed.lower->lookups.size() == 1);
    CHECK(bed.lower->lookups[0] == std::vector<std::string>{"b"});
    CHECK(all[0][0].entry == bed.upper->held["a"]);
    CHECK(all[1][1].entry == bed.upper->held["c"]);
    CHECK(all[2][0].entry == bed.upper->held["a"]);
    CHECK(all[0][1].entry == nullptr);
  }

  TEST_CASE("a batch takes so many keys and no more") {
    auto options = Bed::quick();
    options.max_keys_per_lookup = 10;
    Bed bed(options);
    std::vector<std::string> keys;
    for (int i = 0; i < 25; ++i) keys.push_back("k" + std::to_string(i));
    bed.upper->held["k24"] = make_entry("x");
    const auto hits = bed.lookup(keys);
    REQUIRE(hits.size() == 25);
    CHECK(hits[24].entry != nullptr);
    REQUIRE(bed.upper->lookups.size() == 3);
    CHECK(bed.upper->lookups[0].size() == 10);
    CHECK(bed.upper->lookups[2].size() == 5);
  }

  TEST_CASE("a broken tier is skipped, and used again once it is back") {
    Bed bed;
    const auto entry = make_entry("{}");
    bed.lower->held["a"] = entry;
    bed.upper->is_failing = true;
    for (int i = 0; i < 6; ++i) {
      bed.memory.clear();
      CHECK(bed.lookup({"a"})[0].entry == entry);  // never fails a lookup
    }
    CHECK(bed.upper->lookups.size() == 3);
    auto report = bed.chain->report();
    CHECK(report[0].name == "redis");
    CHECK(report[0].state != Breaker::State::Closed);
    CHECK(report[0].last_error == "pulled the plug");
    CHECK(report[0].counters->failures >= 3);
    CHECK(report[1].state == Breaker::State::Closed);
    CHECK(report[1].last_error.empty());

    bed.run_until([&] { return bed.upper->probes >= 3; });
    bed.upper->is_failing = false;
    bed.run_until([&] { return bed.chain->report()[0].state == Breaker::State::Closed; });
    CHECK(bed.chain->report()[0].last_error.empty());
    (void)bed.lookup({"b"});
    CHECK(bed.upper->lookups.back() == std::vector<std::string>{"b"});
    CHECK(bed.count("tier_down tier=redis") == 1);
    CHECK(bed.count("tier_up tier=redis") == 1);
  }

  TEST_CASE("a tier with a bug in it costs its waiters nothing but the hit") {
    Bed bed;
    bed.upper->is_throwing = true;
    bed.lower->held["a"] = make_entry("{}");
    const auto hits = bed.lookup({"a"});
    REQUIRE(hits.size() == 1);
    CHECK(hits[0].entry == nullptr);
    CHECK(bed.count("task_failed") == 1);
  }

  TEST_CASE("a tier that never answers holds nobody beyond the limit") {
    auto options = Bed::quick();
    options.lookup_limit = 20ms;
    Bed bed(options);
    bed.upper->delay = 10min;
    CHECK(bed.lookup({"a"})[0].entry == nullptr);
  }

  TEST_CASE("new entries are in memory at once and in every tier behind, in batches") {
    Bed bed;
    std::vector<Item> items;
    for (int i = 0; i < 250; ++i) items.push_back({"k" + std::to_string(i), make_entry("x")});
    bed.chain->fill(items);
    CHECK(bed.memory.lookup("k249") == items[249].entry);
    CHECK(bed.upper->held.empty());
    bed.run_until([&] { return bed.upper->held.size() == 250 && bed.lower->held.size() == 250; });
    CHECK(bed.upper->stores == std::vector<std::size_t>{100, 100, 50});
    CHECK(bed.chain->report()[1].counters->stores == 250);
  }

  TEST_CASE(
      "what has no haste is in memory as soon, and in the tiers behind all else, bit by bit") {
    Bed bed;
    std::vector<Item> items;
    std::vector<Item> unhurried;
    for (int i = 0; i < 60; ++i) items.push_back({"k" + std::to_string(i), make_entry("x")});
    for (int i = 0; i < 40; ++i) unhurried.push_back({"u" + std::to_string(i), make_entry("x")});
    bed.chain->fill({}, unhurried);
    bed.chain->fill(items);
    CHECK(bed.memory.lookup("u39") == unhurried[39].entry);
    bed.run_until([&] { return bed.upper->held.size() == 100 && bed.lower->held.size() == 100; });
    CHECK(bed.upper->stores == std::vector<std::size_t>{60, 16, 16, 8});
    // So much that it would never end is written as all else.
    unhurried.clear();
    for (int i = 0; i < 1100; ++i) unhurried.push_back({"v" + std::to_string(i), make_entry("x")});
    bed.chain->fill({}, unhurried);
    bed.run_until([&] { return bed.upper->held.size() == 1200; });
    CHECK(bed.upper->stores[4] == 100);
    CHECK(bed.upper->stores.back() < 17);
  }

  TEST_CASE("past the bound what has no haste is dropped first") {
    auto options = Bed::quick();
    options.max_queued_writes = 100;
    Bed bed(options);
    std::vector<Item> items;
    std::vector<Item> unhurried;
    for (int i = 0; i < 90; ++i) items.push_back({"k" + std::to_string(i), make_entry("x")});
    for (int i = 0; i < 90; ++i) unhurried.push_back({"u" + std::to_string(i), make_entry("x")});
    bed.chain->fill(items, unhurried);
    bed.run_until([&] { return bed.lower->held.size() == 100; });
    CHECK(bed.lower->held.contains("k0"));
    CHECK(bed.lower->held.contains("u89"));
    CHECK_FALSE(bed.lower->held.contains("u79"));
  }

  TEST_CASE("negative entries pass through all tiers like others") {
    Bed bed;
    Entry negative = *make_entry("");
    negative.is_negative = true;
    bed.lower->held["a"] = std::make_shared<const Entry>(negative);
    const auto hits = bed.lookup({"a"});
    REQUIRE(hits[0].entry);
    CHECK(hits[0].entry->is_negative);
    CHECK(bed.memory.lookup("a") == hits[0].entry);
    bed.run_until([&] { return bed.upper->held.contains("a"); });
  }

  TEST_CASE("past the bound the oldest writes are dropped and counted") {
    auto options = Bed::quick();
    options.max_queued_writes = 100;
    Bed bed(options);
    bed.lower->delay = 20ms;
    std::vector<Item> items;
    for (int i = 0; i < 300; ++i) items.push_back({"k" + std::to_string(i), make_entry("x")});
    bed.chain->fill(items);
    bed.run_until([&] { return bed.lower->held.size() == 100; });
    CHECK(bed.lower->held.contains("k299"));
    CHECK_FALSE(bed.lower->held.contains("k199"));
    CHECK(bed.chain->report()[1].counters->dropped_writes == 200);
  }

  TEST_CASE("a tier that cannot be written to still answers") {
    Bed bed;
    bed.upper->is_read_only = true;
    bed.upper->held["a"] = make_entry("{}");
    for (int i = 0; i < 5; ++i) {
      bed.chain->fill({{"k" + std::to_string(i), make_entry("x")}});
      bed.run_until([&] { return bed.chain->report()[0].counters->dropped_writes > unsigned(i); });
    }
    CHECK(bed.count("tier_writes_fail tier=redis") == 1);
    CHECK(bed.lookup({"a"})[0].entry == bed.upper->held["a"]);
    bed.upper->is_read_only = false;
    int next = 5;
    bed.run_until([&] {
      bed.chain->fill({{"k" + std::to_string(next++), make_entry("x")}});
      return bed.upper->held.size() > 1;
    });
    CHECK(bed.count("tier_writes_work tier=redis") == 1);
  }

  TEST_CASE("an entry from before the clock was set back does not keep newer ones out") {
    Bed bed;
    const auto future = make_entry("future", -1h);
    const auto now = make_entry("now");
    bed.memory.store("a", future);
    bed.chain->fill({{"a", now}});
    CHECK(bed.memory.lookup("a") == now);
  }

  TEST_CASE("removed keys are gone from every tier, queued writes included") {
    Bed bed;
    bed.upper->held["a"] = bed.lower->held["a"] = make_entry("old");
    bed.chain->fill({{"a", make_entry("new")}});
    bool is_done = false;
    asio::co_spawn(
        bed.loop, bed.chain->remove({"a"}), [&](std::exception_ptr, Result<void> removed) {
          CHECK(removed);
          is_done = true;
        });
    bed.run_until([&] { return is_done; });
    CHECK(bed.memory.lookup("a") == nullptr);
    bed.chain->fill({{"b", make_entry("b")}});
    bed.run_until([&] { return bed.lower->held.contains("b"); });
    CHECK_FALSE(bed.lower->held.contains("a"));
    CHECK_FALSE(bed.upper->held.contains("a"));

    bed.lower->is_failing = true;
    asio::co_spawn(
        bed.loop, bed.chain->remove({"b"}), [&](std::exception_ptr, Result<void> removed) {
          CHECK_FALSE(removed);
          is_done = false;
        });
    bed.run_until([&] { return !is_done; });
  }

  TEST_CASE("a tier is tried out by a copy that is written, read back and removed, uncounted") {
    Bed bed;
    CHECK(bed.try_out(0) == "");
    CHECK(bed.try_out(1) == "");
    CHECK(bed.upper->held.empty());
    REQUIRE(bed.upper->lookups.size() == 1);
    CHECK(bed.upper->lookups[0][0].starts_with("qc1#trial:"));
    const auto& counters = *bed.chain->report()[0].counters;
    CHECK(counters.hits + counters.misses + counters.stores + counters.failures == 0);

    bed.upper->is_read_only = true;
    for (int i = 0; i < 5; ++i) CHECK(bed.try_out(0) == "cannot write");
    CHECK(bed.chain->report()[0].state == Breaker::State::Closed);
    CHECK(bed.chain->report()[0].last_error.empty());
    CHECK(bed.try_out(1) == "");
    bed.upper->is_failing = true;
    for (int i = 0; i < 3; ++i) bed.lookup({"a"});
    CHECK(bed.try_out(0) == "redis is down");
  }

  TEST_CASE("memory is tried out whatever was purged, and holds nothing more after it") {
    Bed bed;
    bed.memory.store("a", make_entry("x"));
    PurgePattern all;
    all.globs = {"*"};
    bed.memory.purge({{all, test::kNow, test::kNow + 1h}});
    const auto before = bed.memory.usage();
    CHECK(bed.chain->try_out_memory());
    CHECK(bed.memory.usage().entries == before.entries);
    CHECK(bed.memory.usage().bytes == before.bytes);
  }

  TEST_CASE("stop writes what is queued, and no more than the limit allows") {
    struct Row {
      const char* name;
      std::chrono::milliseconds delay;
      std::chrono::milliseconds limit;
      bool is_written;
    };
    for (const Row& row :
         {Row{"a quick tier", 1ms, 5s, true}, Row{"a stuck tier", 10min, 200ms, false}}) {
      CAPTURE(row.name);
      Bed bed;
      bed.lower->delay = row.delay;
      bed.chain->fill({{"a", make_entry("x")}});
      bool is_done = false;
      asio::co_spawn(bed.loop, bed.chain->stop(row.limit), [&](std::exception_ptr failure) {
        CHECK_FALSE(failure);
        is_done = true;
      });
      bed.run_until([&] { return is_done; });
      CHECK(bed.lower->held.contains("a") == row.is_written);
      CHECK(bed.upper->held.contains("a"));
      CHECK(bed.lookup({"a"})[0].entry == nullptr);  // stopped: nothing is found, nothing hangs
    }
  }
}
