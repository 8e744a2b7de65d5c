// Usage in a real database: what is counted stands there once, whatever goes wrong meanwhile.
#include <thread>

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <sys/mount.h>

#include "sqlite_files.hpp"
#include "store/writer.hpp"
#include "usage/recorder.hpp"
#include "usage_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::usage;
using test::Gate;
using test::kUsageStart;
using test::open_writer;
using test::run_job;
using test::usage_call_at;
using test::UsageBed;

namespace {

constexpr const char* kTables[] = {"usage_minutes", "usage_hours", "usage_days", "usage_months"};

}  // namespace

TEST_SUITE("usage::Recorder") {
  TEST_CASE("every column of every table gets its own count") {
    UsageBed bed;
    UsageRow row{"v2.quotes", "bot", {}};
    std::int64_t number = 100;
    for (const auto& column : kUsageColumns) row.counts.*column.count = ++number;
    for (auto& hits : row.counts.hits) hits = ++number;
    for (auto& latency : row.counts.latencies) latency = ++number;
    bed.counted.push_back(row);
    auto recorder = bed.recorder();
    recorder.flush(kUsageStart + 1min + 20ms);
    bed.drain();
    SQLite::Database database(bed.dir.file());
    for (const std::string table : kTables) {
      CAPTURE(table);
      for (const auto& column : kUsageColumns) {
        const auto sql = "SELECT " + std::string(column.name) + " FROM " + table;
        CHECK(database.execAndGet(sql).getInt64() == row.counts.*column.count);
      }
      const auto hits_table = "usage_hits_" + table.substr(std::string("usage_").size());
      for (std::size_t i = 0; i < kTiers.size(); ++i) {
        const auto sql = "SELECT hits FROM " + hits_table + " WHERE tier = '" +
                         std::string(kTiers[i].name) + "'";
        CHECK(database.execAndGet(sql).getInt64() == row.counts.hits[i]);
      }
      CHECK(database.execAndGet("SELECT hits FROM " + table).getInt64() == row.counts.all_hits());
      for (std::size_t i = 0; i < kUsageLatencies; ++i) {
        const auto sql = "SELECT latency_" + std::to_string(i) + " FROM " + table;
        CHECK(database.execAndGet(sql).getInt64() == row.counts.latencies[i]);
      }
    }
    CHECK(bed.number("SELECT starts_at FROM usage_minutes") ==
          kUsageStart.time_since_epoch().count());
    CHECK(bed.number("SELECT starts_at FROM usage_hits_minutes") ==
          kUsageStart.time_since_epoch().count());
  }

  TEST_CASE("minutes have rows of their own, and hours, days and months add up") {
    UsageBed bed;
    auto recorder = bed.recorder();
    constexpr int kMinutes = 75;
    for (int i = 1; i <= kMinutes; ++i) {
      bed.count("v2.quotes", "", i);
      if (i % 5 == 0) bed.count("v1.map", "bot", 1);
      recorder.flush(kUsageStart + i * 1min + 20ms);
      bed.drain();
    }
    CHECK(bed.number("SELECT count(*) FROM usage_minutes") == kMinutes + 15);
    CHECK(bed.number("SELECT requests FROM usage_minutes WHERE endpoint = 'v2.quotes' AND "
                     "starts_at = " +
                     std::to_string((kUsageStart + 41min).time_since_epoch().count())) == 42);
    CHECK(bed.rows("SELECT endpoint, client, requests, latency_11 FROM usage_hours "
                   "ORDER BY starts_at, endpoint") ==
          "v1.map bot 12 12|v2.quotes  1830 1830|v1.map bot 3 3|v2.quotes  1020 1020");
    CHECK(bed.rows("SELECT endpoint, requests FROM usage_days ORDER BY endpoint") ==
          "v1.map 15|v2.quotes 2850");
    CHECK(bed.rows("SELECT endpoint, requests FROM usage_months ORDER BY endpoint") ==
          "v1.map 15|v2.quotes 2850");
    CHECK(recorder.totals().flushes == kMinutes);
  }

  TEST_CASE("calls and assets go to their days and months") {
    UsageBed bed;
    auto recorder = bed.recorder();
    recorder.note(usage_call_at(kUsageStart));
    recorder.note(usage_call_at(kUsageStart + 24h));
    recorder.note(usage_call_at(kUsageStart + 24h));
    bed.samples = {{"symbol", "BTC", 16}};
    recorder.flush(kUsageStart + 24h);
    bed.drain();
    CHECK(bed.rows("SELECT endpoint, cause, client, calls, failed, credits, predicted, took_ms, "
                   "assets, riding, asset_credits FROM usage_calls_days") ==
          "v2.quotes miss  1 0 1 1 90 7 4 1|v2.quotes miss  2 0 2 2 180 14 8 2");
    CHECK(bed.rows("SELECT calls, assets, riding, asset_credits FROM usage_calls_months") ==
          "3 21 12 3");
    CHECK(bed.rows("SELECT asset, requests, fetches, microcredits FROM usage_assets_days ORDER BY "
                   "starts_at, asset") ==
          "BTC 0 1 333334|ETH 0 1 333333|XMR 0 1 333333|"
          "BTC 16 2 666668|ETH 0 2 666666|XMR 0 2 666666");
    CHECK(bed.rows("SELECT asset, fetches, microcredits FROM usage_assets_months ORDER BY asset") ==
          "BTC 3 1000002|ETH 3 999999|XMR 3 999999");
  }

  TEST_CASE("ages are written as what came since the last flush, to their days and months") {
    UsageBed bed;
    bed.ages = {{"v2.quotes", {10, 5000}}};
    auto recorder = bed.recorder();
    recorder.flush(kUsageStart + 1min);
    bed.drain();
    bed.ages = {{"v1.map", {1, 60'000}}, {"v2.quotes", {12, 5100}}};
    recorder.flush(kUsageStart + 24h);
    bed.drain();
    recorder.flush(kUsageStart + 24h + 1min);
    bed.drain();
    CHECK(recorder.totals().flushes == 2);
    CHECK(bed.rows("SELECT endpoint, asks, age_ms FROM usage_ages_days "
                   "ORDER BY starts_at, endpoint") ==
          "v2.quotes 10 5000|v1.map 1 60000|v2.quotes 2 100");
    CHECK(bed.rows("SELECT endpoint, asks, age_ms FROM usage_ages_months ORDER BY endpoint") ==
          "v1.map 1 60000|v2.quotes 12 5100");
  }

  TEST_CASE("a flush with nothing new writes nothing") {
    UsageBed bed;
    bed.count("v2.quotes", "", 1);
    auto recorder = bed.recorder();
    recorder.flush(kUsageStart + 1min);
    bed.drain();
    recorder.flush(kUsageStart + 2min);
    bed.drain();
    CHECK(recorder.totals().flushes == 1);
    CHECK(bed.number("SELECT count(*) FROM usage_minutes") == 1);
  }

  TEST_CASE("what cannot be written goes with a later flush, into its own minute, and once") {
    UsageBed bed;
    auto recorder = bed.recorder();
    bed.count("v2.quotes", "", 1);
    recorder.note(usage_call_at(kUsageStart));
    // The last table that is written, so that all the others must be undone.
    bed.exec("ALTER TABLE usage_assets_months RENAME TO away");
    for (int i = 1; i <= 3; ++i) {
      recorder.flush(kUsageStart + i * 1min + 20ms);
      bed.drain();
      bed.count("v2.quotes", "", 10);
    }
    CHECK(recorder.totals().failed == 3);
    CHECK(bed.number("SELECT count(*) FROM usage_days") == 0);
    bed.exec("ALTER TABLE away RENAME TO usage_assets_months");
    recorder.flush(kUsageStart + 4min + 20ms);
    bed.drain();
    recorder.flush(kUsageStart + 5min + 20ms);
    bed.drain();
    CHECK(bed.rows("SELECT requests FROM usage_minutes ORDER BY starts_at") == "1|10|10|10");
    for (const std::string table : kTables) {
      CAPTURE(table);
      CHECK(bed.number("SELECT sum(requests) FROM " + table) == 31);
    }
    CHECK(bed.rows("SELECT calls, credits FROM usage_calls_days") == "1 1");
    CHECK(recorder.totals().failed == 3);
  }

  TEST_CASE("a full disk delays usage and loses none of it") {
    UsageBed bed;
    bed.writer.reset();
    if (!test::mount_small(bed.dir, "2m")) return;
    bed.writer = open_writer(bed.dir.file());
    auto recorder = bed.recorder();
    bed.exec("CREATE TABLE ballast (text)");
    const auto fill = [](SQLite::Database& database) {
      database.exec("INSERT INTO ballast VALUES (zeroblob(20000))");
    };
    for (int filled = 0; run_job(*bed.writer, fill); ++filled) REQUIRE(filled < 1000);
    for (int client = 0; client < 500; ++client)
      bed.count("v2.quotes", "client-with-a-name-" + std::to_string(client), 2);
    recorder.flush(kUsageStart + 1min + 20ms);
    (void)run_job(*bed.writer, [](SQLite::Database&) {});  // ends after the flush, well or not
    REQUIRE(recorder.totals().failed == 1);
    const auto path = std::filesystem::path(bed.dir.file()).parent_path();
    REQUIRE(::mount("tmpfs", path.c_str(), "tmpfs", MS_REMOUNT, "size=20m") == 0);
    recorder.flush(kUsageStart + 2min + 20ms);
    bed.drain();
    for (const std::string table : kTables) {
      CAPTURE(table);
      CHECK(bed.number("SELECT sum(requests) FROM " + table) == 1000);
    }
  }

  TEST_CASE("a writer that is full gets the numbers later") {
    store::Writer::Options options;
    options.max_queued_jobs = 1;
    UsageBed bed(options);
    auto recorder = bed.recorder();
    {
      Gate gate(*bed.writer);
      REQUIRE(bed.writer->submit([](SQLite::Database&) {}));
      bed.count("v2.quotes", "", 1);
      recorder.flush(kUsageStart + 1min + 20ms);
      CHECK(recorder.totals().failed == 1);
    }
    while (bed.writer->health().queued_jobs > 0) std::this_thread::yield();
    recorder.flush(kUsageStart + 2min + 20ms);
    while (bed.writer->health().queued_jobs > 0) std::this_thread::yield();
    bed.drain();
    CHECK(bed.rows("SELECT starts_at, requests FROM usage_minutes") ==
          std::to_string(kUsageStart.time_since_epoch().count()) + " 1");
  }

  TEST_CASE("while flushes wait to be written, later ones wait with them, in their minutes") {
    UsageBed bed;
    auto recorder = bed.recorder();
    {
      Gate gate(*bed.writer);
      for (int i = 1; i <= 7; ++i) {
        bed.count("v2.quotes", "", i);
        recorder.flush(kUsageStart + i * 1min + 20ms);
      }
      CHECK(bed.writer->health().queued_jobs == Recorder::kMostPending);
    }
    bed.drain();
    recorder.flush(kUsageStart + 8min + 20ms);
    bed.drain();
    CHECK(bed.rows("SELECT requests FROM usage_minutes ORDER BY starts_at") == "1|2|3|4|5|6|7");
  }

  TEST_CASE("the last flush does not wait, and outlives the recorder") {
    UsageBed bed;
    {
      Gate gate(*bed.writer);
      auto recorder = bed.recorder();
      bed.count("v2.quotes", "", 1);
      recorder.flush(kUsageStart + 1min + 20ms);
      bed.count("v2.quotes", "", 2);
      recorder.finish(kUsageStart + 1min + 30s);
      CHECK(bed.writer->health().queued_jobs == 2);
    }
    bed.drain();
    CHECK(bed.rows("SELECT requests FROM usage_minutes ORDER BY starts_at") == "1|2");
  }

  TEST_CASE("a new recorder adds to the rows of the one before it") {
    UsageBed bed;
    bed.count("v2.quotes", "", 3);
    bed.recorder().finish(kUsageStart + 10s);
    bed.drain();
    bed.recorder().finish(kUsageStart + 20s);
    bed.drain();
    CHECK(bed.rows("SELECT requests FROM usage_minutes") == "6");
  }

  TEST_CASE("days and months keep their most used assets, the others share a row") {
    UsageBed bed;
    auto recorder = bed.recorder();
    constexpr int kMost = static_cast<int>(kMostAssetRows);
    std::int64_t sum = 0;
    for (int flush = 0; flush < 4; ++flush) {
      for (int i = 0; i < kMost; ++i) {
        // A hundred of all flushes, the rest new ones each time.
        const auto name = i < 100 ? i : flush * kMost + i;
        const auto requests = i < 100 ? 160 : 16;
        bed.samples.push_back({"id", std::to_string(name), requests});
        sum += requests;
      }
      recorder.flush(kUsageStart + flush * 1min);
      bed.drain();
    }
    for (const std::string table : {"usage_assets_days", "usage_assets_months"}) {
      CAPTURE(table);
      CHECK(bed.number("SELECT count(*) FROM " + table) == kMost + 1);
      CHECK(bed.number("SELECT sum(requests) FROM " + table) == sum);
      CHECK(bed.number("SELECT count(*) FROM " + table + " WHERE requests = 640") == 100);
      CHECK(bed.number("SELECT count(*) FROM " + table + " WHERE asset = ''") == 1);
    }
    bed.samples.push_back({"id", "new", 16});
    recorder.flush(kUsageStart + 4min);
    bed.drain();
    CHECK(bed.number("SELECT requests FROM usage_assets_days WHERE asset = 'new'") == 16);
  }

  TEST_CASE("the next flush is due just after the minute's end") {
    CHECK(Recorder::until_flush(kUsageStart) == 60020ms);
    CHECK(Recorder::until_flush(kUsageStart + 59s + 999ms) == 21ms);
    const auto due = kUsageStart + 30s + Recorder::until_flush(kUsageStart + 30s);
    CHECK(due > kUsageStart + 1min);
    CHECK(due < kUsageStart + 61s);
  }
}
