// The book and its database: what is on the disk when, and what a restart makes of it.
#include <SQLiteCpp/Statement.h>

#include "sqlite_book_desk.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::credit;
using namespace quotecached::ledger;
using namespace quotecached::test;

namespace asio = boost::asio;

TEST_SUITE("credit::Book") {
  TEST_CASE("a call's hold is on the disk before the call may leave, and settled after it") {
    const TempDir dir;
    Desk desk(dir.file());
    auto intent = intent_of({7});
    intent.cause = Cause::Refresh;
    intent.client = "bot";
    intent.predicted = {5};
    intent.riding = 80;
    auto ticket = desk.admit(intent);
    REQUIRE(ticket);
    {
      SQLite::Database database(dir.file());
      SQLite::Statement row(database,
                            "SELECT id, endpoint, cause, client, credits, predicted, state, "
                            "assets, started_at, riding FROM upstream_calls");
      REQUIRE(row.executeStep());
      CHECK(row.getColumn(0).getInt() == 1);
      CHECK(row.getColumn(1).getString() == "v2.quotes");
      CHECK(row.getColumn(2).getString() == "refresh");
      CHECK(row.getColumn(3).getString() == "bot");
      CHECK(row.getColumn(4).getInt() == 7);
      CHECK(row.getColumn(5).getInt() == 5);
      CHECK(row.getColumn(6).getInt() == 0);
      CHECK(row.getColumn(7).getInt() == 3);
      CHECK(row.getColumn(8).getInt64() == desk.clock.time.time_since_epoch().count());
      CHECK(row.getColumn(9).getInt() == 80);
      CHECK_FALSE(row.executeStep());
    }
    CHECK(kept_spend(dir.file(), "day") == 0);

    auto outcome = outcome_of(200, 0, {4});
    outcome.took = 123ms;
    ticket->settle(outcome);
    desk.flush();
    SQLite::Database database(dir.file());
    SQLite::Statement row(
        database,
        "SELECT credits, took_ms, http_status, error_code, state, predicted FROM upstream_calls");
    REQUIRE(row.executeStep());
    CHECK(row.getColumn(0).getInt() == 4);
    CHECK(row.getColumn(1).getInt() == 123);
    CHECK(row.getColumn(2).getInt() == 200);
    CHECK(row.getColumn(3).getInt() == 0);
    CHECK(row.getColumn(4).getInt() == 1);
    CHECK(row.getColumn(5).getInt() == 5);
    CHECK(kept_spend(dir.file(), "minute") == 1);
    CHECK(kept_spend(dir.file(), "day") == 4);
    CHECK(kept_spend(dir.file(), "month") == 4);
    CHECK(desk.book.view().ledger_error.empty());
  }

  TEST_CASE("a call that never left leaves no row") {
    const TempDir dir;
    Desk desk(dir.file());
    auto ticket = desk.admit();
    REQUIRE(ticket);
    ticket->release();
    desk.flush();
    CHECK(query(dir.file(), "SELECT count(*) FROM upstream_calls") == 0);
    CHECK(kept_spend(dir.file(), "minute") == 0);
  }

  TEST_CASE("a daemon that dies with calls under way loses their worst case, once") {
    const TempDir dir;
    {
      Desk desk(dir.file());
      auto settled = desk.admit(intent_of({3}));
      REQUIRE(settled);
      settled->settle(outcome_of(200, 0, {1}));
      auto first = desk.admit(intent_of({5}));
      auto second = desk.admit(intent_of({6}));
      REQUIRE(first);
      REQUIRE(second);
      // The tickets go after the book, as they would with the process.
      desk.flush();
      CHECK(count_calls(dir.file(), 0) == 2);
      std::filesystem::copy(dir.file(), dir.file("died.db"));
      std::filesystem::copy(dir.file() + "-wal", dir.file("died.db-wal"));
    }
    for (int start = 0; start < 3; ++start) {
      CAPTURE(start);
      Desk desk(dir.file("died.db"), capped({20}));
      CHECK(desk.spent(WindowKind::Day) == 12);
      CHECK(desk.spent(WindowKind::Month) == 12);
      CHECK_FALSE(desk.admit(intent_of({9})));
      desk.flush();
      CHECK(count_calls(dir.file("died.db"), 0) == 0);
      CHECK(count_calls(dir.file("died.db"), 2) == 2);
      CHECK(kept_spend(dir.file("died.db"), "day") == 12);
    }
    Desk desk(dir.file("died.db"), capped({20}));
    auto next = desk.admit(intent_of({8}));
    REQUIRE(next);
    next->settle(outcome_of(200, 0, {8}));
    desk.flush();
    CHECK(query(dir.file("died.db"), "SELECT max(id) FROM upstream_calls") == 4);
    CHECK(kept_spend(dir.file("died.db"), "day") == 20);
  }

  TEST_CASE("what was spent, the plan and clients' budgets come back after a restart") {
    const TempDir dir;
    const ClientBook::Caps caps{{"bot", {{10}, {}}}};
    auto options = capped();
    options.adopts_plan = true;
    PlanReading plan;
    plan.caps = {30, {}, {15000}};
    plan.anchor = {5, 5h + 30min};
    {
      Desk desk(dir.file(), options, {}, caps);
      plan.read_at = desk.clock.time;
      auto ticket = desk.admit(intent_of({4}));
      REQUIRE(ticket);
      ticket->settle(outcome_of(200, 0, {4}));
      auto client = desk.clients.hold("bot", {6});
      REQUIRE(client);
      client->settle({6});
      ProviderUse theirs;
      theirs.credits_this_month = Credits{100};
      desk.book.reconcile(plan, theirs, desk.clock.time);
    }
    const auto state = load(dir.file());
    CHECK(state.plan == plan);
    CHECK(state.held.empty());
    CHECK(state.last_id == 1);
    Desk desk(dir.file(), options, {}, caps);
    CHECK(desk.book.view().uses[2].window == month_of(desk.clock.time, plan.anchor));
    CHECK(desk.spent(WindowKind::Month) == 100);
    CHECK(desk.book.view().plan == plan);
    CHECK_FALSE(desk.clients.hold("bot", {5}));
    CHECK(desk.clients.hold("bot", {4}));
  }

  TEST_CASE("a window of a clock that was ahead drops no row that still counts") {
    const TempDir dir;
    Desk desk(dir.file());
    const auto day = [&](int away) {
      return WindowSpend{WindowKind::Day, day_of(desk.clock.time + days(away)), 7};
    };
    const auto put = [&](std::vector<WindowSpend> windows) {
      REQUIRE(run_job(*desk.writer, [windows](SQLite::Database& database) {
        put_windows(database, kDefaultAccount, "bot", windows);
      }));
    };
    const std::string count = "SELECT count(*) FROM credit_windows WHERE client = 'bot'";
    for (int away = -206; away < -200; ++away) put({day(away)});
    put({day(-30)});
    CHECK(query(dir.file(), count) == kKeptLast);
    put({day(0), day(300)});
    CHECK(query(dir.file(), count) == kKeptLast + 1);
    // Of a daemon that knows only what its clock says.
    put({day(600)});
    const std::string true_day = std::to_string(day(0).window.start.time_since_epoch().count());
    CHECK(query(dir.file(), count + " AND starts_at = " + true_day) == 1);
  }

  TEST_CASE("rows of windows are kept as long as they may matter") {
    const TempDir dir;
    Desk desk(dir.file(), capped({}));
    for (int day = 0; day < 400; day += 20) {
      auto ticket = desk.admit(intent_of({1}));
      REQUIRE(ticket);
      ticket->settle(outcome_of(200, 0, {1}));
      desk.clock.time += days(20);
    }
    desk.flush();
    CHECK(query(dir.file(), "SELECT count(*) FROM credit_windows WHERE kind = 'minute'") <=
          kKeptLast);
    const auto months =
        query(dir.file(), "SELECT count(*) FROM credit_windows WHERE kind = 'month'");
    CHECK(months >= 3);
    CHECK(months <= 6);
  }

  TEST_CASE("the record of calls is bounded: the oldest rows make room") {
    const TempDir dir;
    {
      Desk desk(dir.file());
      for (int i = 0; i < 3; ++i) {
        auto ticket = desk.admit();
        REQUIRE(ticket);
        ticket->settle(outcome_of(200, 0, {1}));
      }
      desk.flush();
      REQUIRE(run_job(*desk.writer, [](SQLite::Database& database) {
        database.exec(
            fmt::format("UPDATE upstream_calls SET id = {} WHERE id = 3", kKeptCalls + 1));
      }));
    }
    Desk desk(dir.file());
    auto ticket = desk.admit();
    REQUIRE(ticket);
    CHECK(query(dir.file(), "SELECT min(id) FROM upstream_calls") == kKeptCalls + 1);
    CHECK(query(dir.file(), "SELECT count(*) FROM upstream_calls") == 2);
  }

  TEST_CASE("a hold is committed at once although 50,000 other rows wait") {
    const TempDir dir;
    store::Writer::Options store;
    store.max_queued_bytes = mebibytes(512);
    auto options = capped();
    options.commit_timeout = 20s;
    Desk desk(dir.file(), options, store);
    for (int i = 0; i < 50'000; ++i) {
      REQUIRE(desk.writer->submit([i](SQLite::Database& database) {
        database.exec(
            fmt::format("INSERT INTO entries VALUES ('k{0}', randomblob(1500), {0}, {0})", i));
      }));
    }
    const auto begin = Steady::now();
    REQUIRE(desk.admit());
    const auto took = Steady::now() - begin;
    CHECK(desk.writer->health().queued_jobs > 1000);  // they were overtaken
    MESSAGE("took " << duration_cast<milliseconds>(took).count() << " ms");
  }

  TEST_CASE("rows that wait may outlast the book") {
    const TempDir dir;
    auto writer = open_writer(dir.file());
    asio::io_context loop;
    const test::SetClock clock;
    {
      const pacing::PublishedPolicy policy;
      Book book({writer.get(), policy, clock}, load(dir.file()), capped(), Log());
      auto ticket = test::admit(loop, book, intent_of({2}));
      REQUIRE(ticket);
      ticket->settle(outcome_of(200, 0, {1}));
    }
    writer.reset();
    CHECK(count_calls(dir.file(), 1) == 1);
  }
}
