#include <thread>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include "credit/book.hpp"
#include "sqlite_files.hpp"
#include "store/writer.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::credit;
using test::open_writer;
using test::run_job;
using test::TempDir;

namespace {

void make_call(Book& book) {
  const CallIntent intent{"cryptocurrency/quotes/latest/v2", Cause::Refresh, {2}, 150};
  auto ticket = book.admit(intent);
  REQUIRE(ticket);
  CallOutcome outcome;
  outcome.http_status = 200;
  outcome.charged = {1};
  outcome.took = 123ms;
  ticket->settle(outcome);
}

}  // namespace

TEST_SUITE("credit::Book") {
  TEST_CASE("every call leaves a row, a dropped one with its worst case") {
    const TempDir dir;
    const SystemClock clock;
    const TimePoint before = clock.now();
    {
      auto writer = open_writer(dir.file());
      Book book(writer.get(), clock, Log());
      make_call(book);
      const CallIntent forward{"forward", Cause::Forward, {5}, 0};
      CHECK(book.admit(forward));
    }
    SQLite::Database database(dir.file());
    SQLite::Statement rows(database,
                           "SELECT started_at, endpoint, cause, credits, took_ms, http_status, "
                           "error_code, assets FROM upstream_calls ORDER BY id");
    REQUIRE(rows.executeStep());
    CHECK(rows.getColumn(0).getInt64() >= before.time_since_epoch().count());
    CHECK(rows.getColumn(0).getInt64() <= clock.now().time_since_epoch().count());
    CHECK(rows.getColumn(1).getString() == "cryptocurrency/quotes/latest/v2");
    CHECK(rows.getColumn(2).getString() == "refresh");
    CHECK(rows.getColumn(3).getInt() == 1);
    CHECK(rows.getColumn(4).getInt() == 123);
    CHECK(rows.getColumn(5).getInt() == 200);
    CHECK(rows.getColumn(6).getInt() == 0);
    CHECK(rows.getColumn(7).getInt() == 150);
    REQUIRE(rows.executeStep());
    CHECK(rows.getColumn(1).getString() == "forward");
    CHECK(rows.getColumn(2).getString() == "forward");
    CHECK(rows.getColumn(3).getInt() == 5);
    CHECK(rows.getColumn(5).getInt() == 0);
    CHECK_FALSE(rows.executeStep());
  }

  TEST_CASE("the record of calls is bounded: the oldest rows make room") {
    const TempDir dir;
    const SystemClock clock;
    auto writer = open_writer(dir.file());
    Book book(writer.get(), clock, Log());
    make_call(book);
    make_call(book);
    make_call(book);
    REQUIRE(run_job(*writer, [](SQLite::Database& database) {
      const auto last = std::to_string(kKeptCalls + 1);
      database.exec("UPDATE upstream_calls SET id = " + last + " WHERE id = 3");
    }));
    make_call(book);
    REQUIRE(run_job(*writer, [](SQLite::Database&) {}));
    SQLite::Database database(dir.file());
    CHECK(database.execAndGet("SELECT min(id) FROM upstream_calls").getInt64() == kKeptCalls + 1);
    CHECK(database.execAndGet("SELECT count(*) FROM upstream_calls").getInt() == 2);
  }

  TEST_CASE("a row that cannot be written is counted, and the call goes on") {
    const TempDir dir;
    const SystemClock clock;
    auto writer = open_writer(dir.file());
    Book book(writer.get(), clock, Log());
    REQUIRE(run_job(*writer, [](SQLite::Database& db) { db.exec("DROP TABLE upstream_calls"); }));
    make_call(book);
    make_call(book);
    REQUIRE(run_job(*writer, [](SQLite::Database&) {}));
    CHECK(book.totals().unrecorded == 2);
    CHECK(book.totals().calls == 2);
    CHECK(book.totals().credits == 2);
  }

  TEST_CASE("a full queue is counted at once, and rows may outlast the book") {
    const TempDir dir;
    const SystemClock clock;
    store::Writer::Options options;
    options.max_queued_jobs = 1;
    auto writer = open_writer(dir.file(), options);
    std::promise<void> reached;
    std::promise<void> opened;
    REQUIRE(writer->submit([&](SQLite::Database&) {
      reached.set_value();
      opened.get_future().wait();
    }));
    reached.get_future().wait();
    {
      Book book(writer.get(), clock, Log());
      make_call(book);
      make_call(book);
      CHECK(book.totals().unrecorded == 1);
    }
    opened.set_value();
    while (writer->health().committed_jobs < 2) std::this_thread::yield();
    writer.reset();
    SQLite::Database database(dir.file());
    CHECK(database.execAndGet("SELECT count(*) FROM upstream_calls").getInt() == 1);
  }
}
