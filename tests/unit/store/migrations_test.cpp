#include "store/migrations.hpp"

#include <array>
#include <string>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::store;

namespace {

SQLite::Database in_memory() { return {":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE}; }

int version_of(SQLite::Database& database) {
  return database.execAndGet("PRAGMA user_version").getInt();
}

constexpr std::array<Migration, 3> kSteps{{
    {1, "one", "CREATE TABLE one (a); INSERT INTO one VALUES (1);"},
    {2, "two", "ALTER TABLE one ADD COLUMN b DEFAULT 2;"},
    {3, "three", "CREATE TABLE three (c);"},
}};

}  // namespace

TEST_SUITE("store::migrate") {
  TEST_CASE("this program's migrations are numbered without gaps and can be applied") {
    int expected = 1;
    for (const Migration& step : migrations()) {
      CAPTURE(step.name);
      CHECK(step.version == expected++);
      CHECK_FALSE(step.sql.empty());
    }
    auto database = in_memory();
    REQUIRE(migrate(database));
    CHECK(version_of(database) == migrations().back().version);
    CHECK(database.tableExists("entries"));
    CHECK(database.tableExists("upstream_calls"));
    REQUIRE(migrate(database));  // nothing left to do
  }

  TEST_CASE("applies only what is missing") {
    auto database = in_memory();
    REQUIRE(migrate(database, std::span(kSteps).first(1)));
    CHECK(version_of(database) == 1);
    database.exec("INSERT INTO one VALUES (10)");
    REQUIRE(migrate(database, kSteps));
    CHECK(version_of(database) == 3);
    CHECK(database.execAndGet("SELECT sum(a) || ':' || sum(b) FROM one").getString() == "11:4");
  }

  TEST_CASE("a database of before ride-alongs keeps its calls, and learns its pattern anew") {
    auto database = in_memory();
    REQUIRE(migrate(database, migrations().first(4)));
    database.exec(
        "INSERT INTO credit_pattern VALUES ('default', 5, 12.5, 3);"
        "INSERT INTO upstream_calls (account, started_at, endpoint, cause, credits, took_ms, "
        "http_status, error_code, assets) "
        "VALUES ('default', 1, 'v2.quotes', 'miss', 1, 120, 200, 0, 20)");
    REQUIRE(migrate(database));
    CHECK_FALSE(database.tableExists("credit_pattern"));
    CHECK(database.execAndGet("SELECT count(*) FROM demand_pattern").getInt() == 0);
    CHECK(database.execAndGet("SELECT assets || ':' || riding FROM upstream_calls").getString() ==
          "20:0");
  }

  TEST_CASE("a step that fails undoes all of them") {
    auto broken = kSteps;
    broken[2].sql = "CREATE TABLE three (c); CREATE TABLE one (again);";
    auto database = in_memory();
    CHECK_THROWS_AS((void)migrate(database, broken), SQLite::Exception);
    CHECK(version_of(database) == 0);
    CHECK_FALSE(database.tableExists("one"));
    CHECK_FALSE(database.tableExists("three"));
  }

  TEST_CASE("refuses a database of a newer version, and leaves it alone") {
    auto database = in_memory();
    REQUIRE(migrate(database, kSteps));
    const auto refused = migrate(database, std::span(kSteps).first(2));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::Unavailable);
    CHECK(refused.error().message.find("newer version (schema 3, this program knows 2)") !=
          std::string::npos);
    CHECK(version_of(database) == 3);
  }

  TEST_CASE("refuses another program's database") {
    auto database = in_memory();
    database.exec("CREATE TABLE theirs (a)");
    const auto refused = migrate(database, kSteps);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::Unavailable);
    CHECK(refused.error().message.find("another program") != std::string::npos);
    CHECK_FALSE(database.tableExists("one"));
  }

  TEST_CASE("pruning and history queries walk an index") {
    struct Row {
      const char* query;
      const char* plan;
    };
    const Row rows[] = {
        {"SELECT value FROM entries WHERE key = 'k' AND stale_until > 1",
         "SEARCH entries USING INDEX sqlite_autoindex_entries_1"},
        {"SELECT rowid FROM entries WHERE stale_until <= 1 ORDER BY stale_until LIMIT 9",
         "SEARCH entries USING COVERING INDEX entries_by_end"},
        {"SELECT rowid, length(value) FROM entries ORDER BY stale_until LIMIT 9",
         "SCAN entries USING INDEX entries_by_end"},
        {"SELECT sum(credits) FROM upstream_calls WHERE started_at >= 1",
         "SEARCH upstream_calls USING INDEX upstream_calls_by_time"},
    };
    auto database = in_memory();
    REQUIRE(migrate(database));
    for (const Row& row : rows) {
      CAPTURE(row.query);
      const std::string query = std::string("EXPLAIN QUERY PLAN ") + row.query;
      SQLite::Statement explain(database, query);
      REQUIRE(explain.executeStep());
      const std::string plan = explain.getColumn(3).getString();
      CAPTURE(plan);
      CHECK(plan.find(row.plan) == 0);
      CHECK_FALSE(explain.executeStep());  // one step: no sorting beside it
    }
  }
}
