// Usage in a real database: what is counted stands there once, whatever goes wrong meanwhile.
#include <thread>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>
#include <sys/mount.h>

#include "sqlite_files.hpp"
#include "store/writer.hpp"
#include "usage/pruner.hpp"
#include "usage/recorder.hpp"
#include "usage/usage_rows.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::usage;
using test::Gate;
using test::open_writer;
using test::run_job;
using test::TempDir;

namespace {

constexpr TimePoint kStart =
    TimePoint(std::chrono::sys_days(std::chrono::year(2026) / 11 / 21)) + 10h;

credit::CallRecord call_at(TimePoint started) {
  credit::CallRecord call;
  call.started = started;
  call.intent.endpoint = "v2.quotes";
  call.intent.kind = "symbol";
  call.intent.assets = {"BTC", "ETH", "XMR"};
  call.intent.riding = 4;
  call.intent.predicted = {1};
  call.outcome.http_status = 200;
  call.outcome.charge.credits = {1};
  call.outcome.took = 90ms;
  return call;
}

// A recorder on a file, and the counts it asks for.
struct Bed {
  explicit Bed(store::Writer::Options options = {}) : writer(open_writer(dir.file(), options)) {}

  void count(const std::string& endpoint, const std::string& client, std::int64_t requests) {
    for (auto& row : counted) {
      if (row.endpoint != endpoint || row.client != client) continue;
      row.counts.requests += requests;
      row.counts.hits[index_of(TierKind::Memory)] += requests;
      row.counts.latencies.back() += requests;
      return;
    }
    counted.push_back({endpoint, client, {}});
    count(endpoint, client, requests);
  }
  Recorder recorder(Log log = {}) {
    return {*writer,
            {[this] { return counted; },
             [this] { return std::exchange(samples, {}); },
             [this] { return ages; }},
            kStart,
            std::move(log)};
  }
  // Waits until all that was submitted is written.
  void drain() {
    REQUIRE(run_job(*writer, [](SQLite::Database&) {}));
  }
  void exec(const std::string& sql) {
    REQUIRE(run_job(*writer, [sql](SQLite::Database& database) { database.exec(sql); }));
  }
  std::int64_t number(const std::string& sql) {
    SQLite::Database database(dir.file());
    return database.execAndGet(sql).getInt64();
  }
  // The rows of a query, as "a b|c d".
  std::string rows(const std::string& sql) {
    SQLite::Database database(dir.file());
    SQLite::Statement statement(database, sql);
    std::string text;
    while (statement.executeStep()) {
      if (!text.empty()) text += "|";
      for (int i = 0; i < statement.getColumnCount(); ++i)
        text += (i > 0 ? " " : "") + statement.getColumn(i).getString();
    }
    return text;
  }

  TempDir dir;
  std::unique_ptr<store::Writer> writer;
  std::vector<UsageRow> counted;
  std::vector<AssetSample> samples;
  std::vector<AgeRow> ages;  // since the begin
};

constexpr const char* kTables[] = {"usage_minutes", "usage_hours", "usage_days", "usage_months"};

}  // namespace

TEST_SUITE("usage::Recorder") {
  TEST_CASE("every column of every table gets its own count") {
    Bed bed;
    UsageRow row{"v2.quotes", "bot", {}};
    std::int64_t number = 100;
    for (const auto& column : kUsageColumns) row.counts.*column.count = ++number;
    for (auto& hits : row.counts.hits) hits = ++number;
    for (auto& latency : row.counts.latencies) latency = ++number;
    bed.counted.push_back(row);
    auto recorder = bed.recorder();
    recorder.flush(kStart + 1min + 20ms);
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
    CHECK(bed.number("SELECT starts_at FROM usage_minutes") == kStart.time_since_epoch().count());
    CHECK(bed.number("SELECT starts_at FROM usage_hits_minutes") ==
          kStart.time_since_epoch().count());
  }

  TEST_CASE("minutes have rows of their own, and hours, days and months add up") {
    Bed bed;
    auto recorder = bed.recorder();
    constexpr int kMinutes = 75;
    for (int i = 1; i <= kMinutes; ++i) {
      bed.count("v2.quotes", "", i);
      if (i % 5 == 0) bed.count("v1.map", "bot", 1);
      recorder.flush(kStart + i * 1min + 20ms);
      bed.drain();
    }
    CHECK(bed.number("SELECT count(*) FROM usage_minutes") == kMinutes + 15);
    CHECK(bed.number("SELECT requests FROM usage_minutes WHERE endpoint = 'v2.quotes' AND "
                     "starts_at = " +
                     std::to_string((kStart + 41min).time_since_epoch().count())) == 42);
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
    Bed bed;
    auto recorder = bed.recorder();
    recorder.note(call_at(kStart));
    recorder.note(call_at(kStart + 24h));
    recorder.note(call_at(kStart + 24h));
    bed.samples = {{"symbol", "BTC", 16}};
    recorder.flush(kStart + 24h);
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
    Bed bed;
    bed.ages = {{"v2.quotes", {10, 5000}}};
    auto recorder = bed.recorder();
    recorder.flush(kStart + 1min);
    bed.drain();
    bed.ages = {{"v1.map", {1, 60'000}}, {"v2.quotes", {12, 5100}}};
    recorder.flush(kStart + 24h);
    bed.drain();
    recorder.flush(kStart + 24h + 1min);
    bed.drain();
    CHECK(recorder.totals().flushes == 2);
    CHECK(bed.rows("SELECT endpoint, asks, age_ms FROM usage_ages_days "
                   "ORDER BY starts_at, endpoint") ==
          "v2.quotes 10 5000|v1.map 1 60000|v2.quotes 2 100");
    CHECK(bed.rows("SELECT endpoint, asks, age_ms FROM usage_ages_months ORDER BY endpoint") ==
          "v1.map 1 60000|v2.quotes 12 5100");
  }

  TEST_CASE("a flush with nothing new writes nothing") {
    Bed bed;
    bed.count("v2.quotes", "", 1);
    auto recorder = bed.recorder();
    recorder.flush(kStart + 1min);
    bed.drain();
    recorder.flush(kStart + 2min);
    bed.drain();
    CHECK(recorder.totals().flushes == 1);
    CHECK(bed.number("SELECT count(*) FROM usage_minutes") == 1);
  }

  TEST_CASE("what cannot be written goes with a later flush, into its own minute, and once") {
    Bed bed;
    auto recorder = bed.recorder();
    bed.count("v2.quotes", "", 1);
    recorder.note(call_at(kStart));
    // The last table that is written, so that all the others must be undone.
    bed.exec("ALTER TABLE usage_assets_months RENAME TO away");
    for (int i = 1; i <= 3; ++i) {
      recorder.flush(kStart + i * 1min + 20ms);
      bed.drain();
      bed.count("v2.quotes", "", 10);
    }
    CHECK(recorder.totals().failed == 3);
    CHECK(bed.number("SELECT count(*) FROM usage_days") == 0);
    bed.exec("ALTER TABLE away RENAME TO usage_assets_months");
    recorder.flush(kStart + 4min + 20ms);
    bed.drain();
    recorder.flush(kStart + 5min + 20ms);
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
    Bed bed;
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
    recorder.flush(kStart + 1min + 20ms);
    (void)run_job(*bed.writer, [](SQLite::Database&) {});  // ends after the flush, well or not
    REQUIRE(recorder.totals().failed == 1);
    const auto path = std::filesystem::path(bed.dir.file()).parent_path();
    REQUIRE(::mount("tmpfs", path.c_str(), "tmpfs", MS_REMOUNT, "size=20m") == 0);
    recorder.flush(kStart + 2min + 20ms);
    bed.drain();
    for (const std::string table : kTables) {
      CAPTURE(table);
      CHECK(bed.number("SELECT sum(requests) FROM " + table) == 1000);
    }
  }

  TEST_CASE("a writer that is full gets the numbers later") {
    store::Writer::Options options;
    options.max_queued_jobs = 1;
    Bed bed(options);
    auto recorder = bed.recorder();
    {
      Gate gate(*bed.writer);
      REQUIRE(bed.writer->submit([](SQLite::Database&) {}));
      bed.count("v2.quotes", "", 1);
      recorder.flush(kStart + 1min + 20ms);
      CHECK(recorder.totals().failed == 1);
    }
    while (bed.writer->health().queued_jobs > 0) std::this_thread::yield();
    recorder.flush(kStart + 2min + 20ms);
    while (bed.writer->health().queued_jobs > 0) std::this_thread::yield();
    bed.drain();
    CHECK(bed.rows("SELECT starts_at, requests FROM usage_minutes") ==
          std::to_string(kStart.time_since_epoch().count()) + " 1");
  }

  TEST_CASE("while flushes wait to be written, later ones wait with them, in their minutes") {
    Bed bed;
    auto recorder = bed.recorder();
    {
      Gate gate(*bed.writer);
      for (int i = 1; i <= 7; ++i) {
        bed.count("v2.quotes", "", i);
        recorder.flush(kStart + i * 1min + 20ms);
      }
      CHECK(bed.writer->health().queued_jobs == Recorder::kMostPending);
    }
    bed.drain();
    recorder.flush(kStart + 8min + 20ms);
    bed.drain();
    CHECK(bed.rows("SELECT requests FROM usage_minutes ORDER BY starts_at") == "1|2|3|4|5|6|7");
  }

  TEST_CASE("the last flush does not wait, and outlives the recorder") {
    Bed bed;
    {
      Gate gate(*bed.writer);
      auto recorder = bed.recorder();
      bed.count("v2.quotes", "", 1);
      recorder.flush(kStart + 1min + 20ms);
      bed.count("v2.quotes", "", 2);
      recorder.finish(kStart + 1min + 30s);
      CHECK(bed.writer->health().queued_jobs == 2);
    }
    bed.drain();
    CHECK(bed.rows("SELECT requests FROM usage_minutes ORDER BY starts_at") == "1|2");
  }

  TEST_CASE("a new recorder adds to the rows of the one before it") {
    Bed bed;
    bed.count("v2.quotes", "", 3);
    bed.recorder().finish(kStart + 10s);
    bed.drain();
    bed.recorder().finish(kStart + 20s);
    bed.drain();
    CHECK(bed.rows("SELECT requests FROM usage_minutes") == "6");
  }

  TEST_CASE("days and months keep their most used assets, the others share a row") {
    Bed bed;
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
      recorder.flush(kStart + flush * 1min);
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
    recorder.flush(kStart + 4min);
    bed.drain();
    CHECK(bed.number("SELECT requests FROM usage_assets_days WHERE asset = 'new'") == 16);
  }

  TEST_CASE("the next flush is due just after the minute's end") {
    CHECK(Recorder::until_flush(kStart) == 60020ms);
    CHECK(Recorder::until_flush(kStart + 59s + 999ms) == 21ms);
    const auto due = kStart + 30s + Recorder::until_flush(kStart + 30s);
    CHECK(due > kStart + 1min);
    CHECK(due < kStart + 61s);
  }
}

namespace {

// A row of each kind every ten days from kStart on; the call of day 20 is held.
void fill(Bed& bed, int days) {
  auto recorder = bed.recorder();
  for (int day = 0; day <= days; day += 10) {
    const auto time = kStart + std::chrono::days(day);
    bed.count("v2.quotes", "", 1);
    recorder.note(call_at(time));
    bed.ages = {{"v2.quotes", {day + 1, 0}}};
    recorder.flush(time);
    bed.exec(
        "INSERT INTO upstream_calls (account, started_at, endpoint, cause, credits, took_ms, "
        "http_status, error_code, assets, state) VALUES ('default', " +
        std::to_string(time.time_since_epoch().count()) +
        ", 'v2.quotes', 'miss', 1, 1, 200, 0, 1, " + (day == 20 ? "0" : "1") + ")");
  }
}

// Each time at least one more chunk is taken.
void let_prune(Bed& bed) {
  for (int i = 0; i < 200; ++i) bed.drain();
}

}  // namespace

TEST_SUITE("usage::Pruner") {
  TEST_CASE("what was kept long enough goes, what is younger stays") {
    Bed bed;
    fill(bed, 500);
    Pruner::Options options;
    options.chunk = 2;
    Pruner pruner(*bed.writer, options);
    const auto now = kStart + std::chrono::days(500) + 1h;
    pruner.tick(now);
    let_prune(bed);
    const auto oldest_days = [&](const std::string& table) {
      const TimePoint time(milliseconds(bed.number("SELECT min(starts_at) FROM " + table)));
      return (now - time) / 24h;
    };
    for (const std::string tables : {"usage_", "usage_hits_"}) {
      CAPTURE(tables);
      CHECK(oldest_days(tables + "minutes") == 0);
      CHECK(oldest_days(tables + "hours") == 80);
      CHECK(oldest_days(tables + "days") == 390);
    }
    CHECK(oldest_days("usage_calls_days") == 390);
    CHECK(oldest_days("usage_ages_days") == 390);
    CHECK(oldest_days("usage_assets_days") == 390);
    for (const std::string table :
         {"usage_months", "usage_hits_months", "usage_calls_months", "usage_assets_months"}) {
      CAPTURE(table);
      CHECK(oldest_days(table) > 500);
    }
    // The held one stays.
    CHECK(bed.rows("SELECT state, count(*) FROM upstream_calls GROUP BY state") == "0 1|1 40");
  }

  TEST_CASE("a round has its bounds, and the next one comes when it is due") {
    Bed bed;
    fill(bed, 100);
    Pruner::Options options;
    options.keep_minutes = 24h;
    options.chunk = 2;
    options.most_chunks = 1;
    Pruner pruner(*bed.writer, options);
    const auto now = kStart + std::chrono::days(103);
    const auto rows_left = [&] {
      let_prune(bed);
      return bed.number("SELECT count(*) FROM usage_minutes");
    };
    CHECK(rows_left() == 11);
    pruner.tick(now);
    CHECK(rows_left() == 9);
    pruner.tick(now + 59min);
    CHECK(rows_left() == 9);
    pruner.tick(now + 1h);
    CHECK(rows_left() == 7);
    // The clock was set back.
    pruner.tick(now - 24h);
    CHECK(rows_left() == 5);
  }

  TEST_CASE("rows of one moment go together, and no others") {
    Bed bed;
    auto recorder = bed.recorder();
    for (int minute = 1; minute <= 3; ++minute) {
      for (int client = 0; client < 10; ++client) bed.count("v2.quotes", std::to_string(client), 1);
      recorder.flush(kStart + minute * 1min);
      bed.drain();
    }
    int dropped = 0;
    REQUIRE(run_job(*bed.writer, [&](SQLite::Database& database) {
      dropped = drop_rows(database, {"usage_minutes", "starts_at", "true"}, kStart + 24h, 4);
    }));
    CHECK(dropped == 10);
    CHECK(bed.number("SELECT count(*) FROM usage_minutes") == 20);
  }

  TEST_CASE("pruning reads nothing but what it drops") {
    Bed bed;
    const KeptTable tables[] = {{"usage_minutes", "starts_at", "true"},
                                {"usage_assets_days", "starts_at", "true"},
                                {"upstream_calls", "started_at", "state <> 0"}};
    for (const auto& table : tables) {
      CAPTURE(table.name);
      SQLite::Database database(bed.dir.file());
      SQLite::Statement plan(database, "EXPLAIN QUERY PLAN " + drop_statement(table));
      int searches = 0;
      while (plan.executeStep()) {
        const auto step = plan.getColumn(3).getString();
        CAPTURE(step);
        CHECK_FALSE(step.starts_with("SCAN " + std::string(table.name)));
        searches += step.starts_with("SEARCH " + std::string(table.name)) ? 1 : 0;
      }
      CHECK(searches >= 2);
    }
  }
}
