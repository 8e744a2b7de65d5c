// The writer's urgent lane: what must be on the disk before something else may happen.
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "sqlite_files.hpp"
#include "store/writer.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::store;
using test::Gate;
using test::open_writer;
using test::run_job;
using test::TempDir;

namespace {

Writer::Job insert(int number, std::size_t size = 1) {
  return [number, size](SQLite::Database& database) {
    database.exec(fmt::format(
        "INSERT INTO entries VALUES ('k{0}', randomblob({1}), {0}, {0})", number, size));
  };
}

// Remembers in which order jobs were done.
struct Order {
  std::mutex mutex;
  std::vector<std::string> names;

  Writer::Done named(std::string name) {
    return [this, name = std::move(name)](const Result<void>& end) {
      const std::lock_guard lock(mutex);
      names.push_back(end ? name : name + " failed");
    };
  }
};

Result<void> run_urgent(Writer& writer, Writer::Job job, Writer::Sync sync) {
  auto ended = std::make_shared<std::promise<Result<void>>>();
  auto end = ended->get_future();
  auto done = [ended](Result<void> result) { ended->set_value(std::move(result)); };
  REQUIRE(writer.submit_urgent(std::move(job), std::move(done), sync));
  REQUIRE(end.wait_for(20s) == std::future_status::ready);
  return end.get();
}

}  // namespace

TEST_SUITE("store::Writer") {
  TEST_CASE("urgent jobs go ahead of ordinary ones, in their own order and transactions") {
    const TempDir dir;
    Order order;
    {
      auto writer = open_writer(dir.file());
      Gate gate(*writer);
      REQUIRE(writer->submit(insert(1), order.named("ordinary 1")));
      REQUIRE(writer->submit(insert(2), order.named("ordinary 2")));
      REQUIRE(writer->submit_urgent(insert(3), order.named("urgent 1"), Writer::Sync::Full));
      REQUIRE(writer->submit_urgent(insert(4), order.named("urgent 2"), Writer::Sync::Normal));
      const auto before = writer->health();
      CHECK(before.queued_jobs == 4);
      gate.open();
      REQUIRE(run_job(*writer, [](SQLite::Database&) {}));
      // The gate's, the urgent ones', the ordinary ones', which the last job may have joined.
      CHECK(writer->health().commits - before.commits >= 3);
    }
    CHECK(order.names ==
          std::vector<std::string>{"urgent 1", "urgent 2", "ordinary 1", "ordinary 2"});
  }

  TEST_CASE("an urgent job that fails is undone alone") {
    const TempDir dir;
    Order order;
    {
      auto writer = open_writer(dir.file());
      Gate gate(*writer);
      REQUIRE(writer->submit_urgent(insert(1), order.named("1"), Writer::Sync::Full));
      REQUIRE(writer->submit_urgent(insert(1), order.named("1 again"), Writer::Sync::Full));
      REQUIRE(writer->submit_urgent(insert(2), order.named("2"), Writer::Sync::Full));
      gate.open();
    }
    CHECK(order.names == std::vector<std::string>{"1", "1 again failed", "2"});
  }

  TEST_CASE("the disk is synced for urgent jobs that ask for it, and not for others") {
    const TempDir dir;
    auto writer = open_writer(dir.file());
    const auto sync_within = [&](Writer::Sync sync) {
      int level = -1;
      REQUIRE(run_urgent(
          *writer,
          [&level](SQLite::Database& db) { level = db.execAndGet("PRAGMA synchronous").getInt(); },
          sync));
      return level;
    };
    CHECK(sync_within(Writer::Sync::Full) == 2);
    CHECK(sync_within(Writer::Sync::Normal) == 1);
    CHECK(sync_within(Writer::Sync::Full) == 2);
    int level = -1;
    REQUIRE(run_job(*writer, [&level](SQLite::Database& database) {
      level = database.execAndGet("PRAGMA synchronous").getInt();
    }));
    CHECK(level == 1);
  }

  TEST_CASE("ordinary jobs get their turn while urgent ones never end") {
    const TempDir dir;
    auto writer = open_writer(dir.file());
    std::atomic<bool> is_over{false};
    std::atomic<int> urgent{0};
    // Each urgent job queues the next before it ends.
    std::function<void()> again = [&, to = writer.get()] {
      ++urgent;
      if (is_over) return;
      to->submit_urgent([&](SQLite::Database&) { again(); }, {}, Writer::Sync::Normal);
    };
    again();
    CHECK(run_job(*writer, insert(1)));
    is_over = true;
    writer.reset();  // the last of them may be queued still, and refers to what is above
    CHECK(urgent > 0);
  }

  TEST_CASE("a queue full of ordinary jobs takes urgent ones, up to a bound of their own") {
    const TempDir dir;
    Writer::Options options;
    options.max_queued_jobs = 1;
    options.max_queued_urgent = 2;
    auto writer = open_writer(dir.file(), options);
    Gate gate(*writer);
    REQUIRE(writer->submit(insert(1)));
    REQUIRE_FALSE(writer->submit(insert(2)));
    CHECK(writer->submit_urgent(insert(3), {}, Writer::Sync::Full));
    CHECK(writer->submit_urgent(insert(4), {}, Writer::Sync::Full));
    CHECK_FALSE(writer->submit_urgent(insert(5), {}, Writer::Sync::Full));
    CHECK(writer->health().refused_jobs == 2);
    gate.open();
  }

  TEST_CASE("an urgent job is committed ahead of 50,000 others") {
    const TempDir dir;
    Writer::Options options;
    options.max_queued_bytes = mebibytes(512);
    auto writer = open_writer(dir.file(), options);
    Gate gate(*writer);
    for (int i = 0; i < 50'000; ++i) REQUIRE(writer->submit(insert(i, 1500)));
    const auto overtaken = std::make_shared<std::promise<std::size_t>>();
    auto count = overtaken->get_future();
    auto done = [overtaken, raw = writer.get()](const Result<void>& end) {
      overtaken->set_value(end ? raw->health().queued_jobs : 0);
    };
    REQUIRE(writer->submit_urgent(insert(50'000), std::move(done), Writer::Sync::Full));
    const auto begin = std::chrono::steady_clock::now();
    gate.open();
    REQUIRE(count.wait_for(20s) == std::future_status::ready);
    const auto took = std::chrono::steady_clock::now() - begin;
    CHECK(count.get() == 50'000);
    MESSAGE("took " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
                    << " ms");
  }

  TEST_CASE("a locked database at the end fails the urgent jobs too, and does not hang") {
    const TempDir dir;
    Order order;
    Writer::Options options;
    options.busy_timeout = 20ms;
    auto writer = open_writer(dir.file(), options);
    Gate gate(*writer);
    REQUIRE(writer->submit_urgent(insert(1), order.named("1"), Writer::Sync::Full));
    REQUIRE(writer->submit(insert(2), order.named("2")));
    std::thread ending([&] { writer.reset(); });
    // Waits for the gate's transaction to end, and then keeps the lock.
    SQLite::Database other(dir.file(), SQLite::OPEN_READWRITE, 5000);
    gate.open();
    other.exec("BEGIN IMMEDIATE");
    ending.join();
    other.exec("ROLLBACK");
    REQUIRE(order.names.size() == 2);
    CHECK(order.names[0].starts_with("1"));
    CHECK(order.names[1].starts_with("2"));
  }
}
