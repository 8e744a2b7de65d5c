// What was kept long enough goes from a real database, in chunks, and nothing else does.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include "sqlite_files.hpp"
#include "usage/pruner.hpp"
#include "usage/usage_rows.hpp"
#include "usage_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::usage;
using test::kUsageStart;
using test::run_job;
using test::usage_call_at;
using test::UsageBed;

namespace {

// A row of each kind every ten days from kUsageStart on; the call of day 20 is held.
void fill(UsageBed& bed, int days) {
  auto recorder = bed.recorder();
  for (int day = 0; day <= days; day += 10) {
    const auto time = kUsageStart + std::chrono::days(day);
    bed.count("v2.quotes", "", 1);
    recorder.note(usage_call_at(time));
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
void let_prune(UsageBed& bed) {
  for (int i = 0; i < 200; ++i) bed.drain();
}

}  // namespace

TEST_SUITE("usage::Pruner") {
  TEST_CASE("what was kept long enough goes, what is younger stays") {
    UsageBed bed;
    fill(bed, 500);
    Pruner::Options options;
    options.chunk = 2;
    Pruner pruner(*bed.writer, options);
    const auto now = kUsageStart + std::chrono::days(500) + 1h;
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
    UsageBed bed;
    fill(bed, 100);
    Pruner::Options options;
    options.keep_minutes = 24h;
    options.chunk = 2;
    options.most_chunks = 1;
    Pruner pruner(*bed.writer, options);
    const auto now = kUsageStart + std::chrono::days(103);
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
    UsageBed bed;
    auto recorder = bed.recorder();
    for (int minute = 1; minute <= 3; ++minute) {
      for (int client = 0; client < 10; ++client) bed.count("v2.quotes", std::to_string(client), 1);
      recorder.flush(kUsageStart + minute * 1min);
      bed.drain();
    }
    int dropped = 0;
    REQUIRE(run_job(*bed.writer, [&](SQLite::Database& database) {
      dropped = drop_rows(database, {"usage_minutes", "starts_at", "true"}, kUsageStart + 24h, 4);
    }));
    CHECK(dropped == 10);
    CHECK(bed.number("SELECT count(*) FROM usage_minutes") == 20);
  }

  TEST_CASE("pruning reads nothing but what it drops") {
    UsageBed bed;
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
