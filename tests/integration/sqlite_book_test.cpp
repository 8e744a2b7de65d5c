// The book and its database: what is on the disk when, and what a restart makes of it.
#include <filesystem>
#include <fstream>
#include <thread>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "../unit/credit/book_desk.hpp"
#include "credit/book.hpp"
#include "sqlite_files.hpp"
#include "store/reader.hpp"
#include "store/writer.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::credit;
using test::Admission;
using test::intent_of;
using test::open_writer;
using test::outcome_of;
using test::run_job;
using test::TempDir;

namespace asio = boost::asio;

namespace {

using Steady = std::chrono::steady_clock;

BookState load(const std::string& path) {
  auto readers = store::ReaderPool::open(path, {});
  REQUIRE(readers);
  auto state = load_book_state(**readers);
  if (!state) FAIL(state.error().message);
  return std::move(*state);
}

Book::Options capped(Credits per_day = {1000}) {
  Book::Options options;
  options.ledger.caps.per_day = per_day;
  options.ledger.caps.per_month = {10000};
  return options;
}

// A daemon's book with its database; a second one on the same file is the daemon started again.
struct Desk {
  explicit Desk(const std::string& path,
                const Book::Options& options = capped(),
                store::Writer::Options store = {})
      : writer(open_writer(path, store)), book(writer.get(), load(path), options, clock, Log()) {}

  Admission admit(CallIntent intent = intent_of({2})) {
    return test::admit(loop, book, std::move(intent));
  }
  void flush() {
    REQUIRE(run_job(*writer, [](SQLite::Database&) {}));
  }
  std::int64_t spent(WindowKind kind) {
    return book.view().uses[static_cast<std::size_t>(kind)].spent;
  }

  asio::io_context loop;
  test::SetClock clock;
  std::unique_ptr<store::Writer> writer;
  Book book;
};

std::int64_t query(const std::string& path, const std::string& sql) {
  SQLite::Database database(path, SQLite::OPEN_READONLY, 2000);
  return database.execAndGet(sql).getInt64();
}

std::int64_t count_calls(const std::string& path, int state) {
  return query(path, fmt::format("SELECT count(*) FROM upstream_calls WHERE state = {}", state));
}

std::int64_t kept_spend(const std::string& path, const char* kind) {
  return query(path,
               fmt::format("SELECT coalesce(sum(spent), -1) FROM credit_windows "
                           "WHERE owner = '' AND kind = '{}'",
                           kind));
}

}  // namespace

TEST_SUITE("credit::Book") {
  TEST_CASE("a call's hold is on the disk before the call may leave, and settled after it") {
    const TempDir dir;
    Desk desk(dir.file());
    auto intent = intent_of({7});
    intent.cause = Cause::Refresh;
    intent.client = "bot";
    intent.predicted = {5};
    auto ticket = desk.admit(intent);
    REQUIRE(ticket);
    {
      SQLite::Database database(dir.file());
      SQLite::Statement row(database,
                            "SELECT id, endpoint, cause, client, credits, predicted, state, "
                            "assets, started_at FROM upstream_calls");
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
    auto options = capped();
    options.clients["bot"] = {{10}, {}};
    options.adopts_plan = true;
    PlanReading plan;
    plan.caps = {30, {}, {15000}};
    plan.anchor = {5, 5h + 30min};
    {
      Desk desk(dir.file(), options);
      plan.read_at = desk.clock.time;
      auto ticket = desk.admit(intent_of({4}));
      REQUIRE(ticket);
      ticket->settle(outcome_of(200, 0, {4}));
      auto client = desk.book.hold_for_client("bot", {6});
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
    Desk desk(dir.file(), options);
    CHECK(desk.book.view().uses[2].window == month_of(desk.clock.time, plan.anchor));
    CHECK(desk.spent(WindowKind::Month) == 100);
    CHECK(desk.book.view().plan == plan);
    CHECK_FALSE(desk.book.hold_for_client("bot", {5}));
    CHECK(desk.book.hold_for_client("bot", {4}));
  }

  TEST_CASE("a window of a clock that was ahead drops no row that still counts") {
    const TempDir dir;
    Desk desk(dir.file());
    const auto day = [&](int away) {
      return OwnedSpend{"bot", {WindowKind::Day, day_of(desk.clock.time + days(away)), 7}};
    };
    const auto put = [&](std::vector<OwnedSpend> windows) {
      REQUIRE(run_job(*desk.writer,
                      [windows](SQLite::Database& database) { put_windows(database, windows); }));
    };
    const std::string count = "SELECT count(*) FROM credit_windows WHERE owner = 'bot'";
    put({day(-200)});
    put({day(-30)});
    CHECK(query(dir.file(), count) == 1);
    put({day(0), day(300)});
    CHECK(query(dir.file(), count) == 3);
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
    CHECK(query(dir.file(), "SELECT count(*) FROM credit_windows WHERE kind = 'minute'") <= 2);
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
    Desk desk(dir.file(), capped(), store);
    for (int i = 0; i < 50'000; ++i) {
      REQUIRE(desk.writer->submit([i](SQLite::Database& database) {
        database.exec(
            fmt::format("INSERT INTO entries VALUES ('k{0}', randomblob(1500), {0}, {0})", i));
      }));
    }
    const auto begin = Steady::now();
    REQUIRE(desk.admit());
    const auto took = Steady::now() - begin;
    CHECK(desk.writer->health().queued_jobs > 1000);
    MESSAGE("took " << duration_cast<milliseconds>(took).count() << " ms");
    CHECK(took < 1s);
  }

  TEST_CASE("while another process locks the database calls stop, and nothing is held for them") {
    const TempDir dir;
    store::Writer::Options store;
    store.busy_timeout = 50ms;
    Desk desk(dir.file(), capped(), store);
    SQLite::Database other(dir.file(), SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE");
    const auto refused = desk.admit();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().error_code == 0);
    CHECK(refused.error().error.message.find("locked") != std::string::npos);
    CHECK(desk.book.view().holds == 0);
    CHECK(desk.book.view().ledger_error.find("locked") != std::string::npos);
    CHECK(desk.book.refusal(Purpose::Miss, {1}));

    // The next ones do not wait for it.
    const auto begin = Steady::now();
    for (int i = 0; i < 100; ++i) CHECK_FALSE(desk.admit());
    CHECK(Steady::now() - begin < 500ms);

    other.exec("COMMIT");
    std::this_thread::sleep_until(begin + 1100ms);  // the breaker's first pause
    CHECK_FALSE(desk.book.refusal(Purpose::Miss, {1}));
    CHECK(desk.admit());
    CHECK(desk.book.view().ledger_error.empty());
  }

  TEST_CASE("a hold that is not committed in time is taken back when it is") {
    const TempDir dir;
    auto options = capped();
    options.commit_timeout = 100ms;
    Desk desk(dir.file(), options);
    std::promise<void> reached;
    std::promise<void> opened;
    REQUIRE(desk.writer->submit([&](SQLite::Database&) {
      reached.set_value();
      opened.get_future().wait();
    }));
    reached.get_future().wait();
    const auto refused = desk.admit();
    CHECK_FALSE(refused);
    opened.set_value();
    desk.flush();
    CHECK(query(dir.file(), "SELECT count(*) FROM upstream_calls") == 0);
    CHECK(load(dir.file()).last_id == 0);
  }

  TEST_CASE("a hold whose call is cancelled while it is committed is taken back") {
    const TempDir dir;
    Desk desk(dir.file());
    std::promise<void> reached;
    std::promise<void> opened;
    REQUIRE(desk.writer->submit([&](SQLite::Database&) {
      reached.set_value();
      opened.get_future().wait();
    }));
    reached.get_future().wait();
    asio::cancellation_signal cancel;
    const auto call = test::start_admission(desk.loop, desk.book, intent_of({2}), cancel.slot());
    desk.loop.run_for(20ms);
    CHECK(desk.book.view().holds == 1);
    cancel.emit(asio::cancellation_type::terminal);
    desk.loop.restart();
    desk.loop.run_for(20ms);
    CHECK(call->failure);
    CHECK(desk.book.view().holds == 0);
    opened.set_value();
    desk.flush();
    CHECK(query(dir.file(), "SELECT count(*) FROM upstream_calls") == 0);
    CHECK(desk.admit());  // the next one is none the worse for it
  }

  TEST_CASE("where that is wanted calls go on without a record, which is counted and made good") {
    const TempDir dir;
    auto options = capped();
    options.stops_on_ledger_failure = false;
    store::Writer::Options store;
    store.busy_timeout = 20ms;
    Desk desk(dir.file(), options, store);
    {
      SQLite::Database other(dir.file(), SQLite::OPEN_READWRITE);
      other.exec("BEGIN IMMEDIATE");
      for (int i = 0; i < 3; ++i) {
        auto ticket = desk.admit();
        REQUIRE(ticket);
        ticket->settle(outcome_of(200, 0, {1}));
      }
      const auto end = Steady::now() + 5s;
      while (desk.book.unrecorded() < 3 && Steady::now() < end) std::this_thread::yield();
      CHECK(desk.book.unrecorded() == 3);
      other.exec("COMMIT");
    }
    CHECK(desk.book.totals().credits == 3);
    auto ticket = desk.admit();
    REQUIRE(ticket);
    ticket->settle(outcome_of(200, 0, {1}));
    desk.flush();
    CHECK(kept_spend(dir.file(), "day") == 4);
  }

  TEST_CASE("a full disk stops calls until there is room again") {
    TempDir dir;
    if (!dir.mount_small("1m")) return;
    Desk desk(dir.file());
    REQUIRE(desk.admit());
    {
      const std::string filler = dir.file("filler");
      std::ofstream out(filler, std::ios::binary);
      const std::string block(4096, 'x');
      while (out.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
      }
    }
    // The write-ahead log has room left from before; it ends soon.
    bool is_refused = false;
    for (int i = 0; i < 2000 && !is_refused; ++i) {
      auto ticket = desk.admit();
      is_refused = !ticket;
      if (ticket) ticket->settle(outcome_of(200, 0, {0}));
    }
    REQUIRE(is_refused);
    CHECK_FALSE(desk.book.view().ledger_error.empty());
    const auto refused_at = Steady::now();
    std::filesystem::remove(dir.file("filler"));
    std::this_thread::sleep_until(refused_at + 1100ms);
    CHECK(desk.admit());
  }

  TEST_CASE("rows that wait may outlast the book") {
    const TempDir dir;
    auto writer = open_writer(dir.file());
    asio::io_context loop;
    const test::SetClock clock;
    {
      Book book(writer.get(), load(dir.file()), capped(), clock, Log());
      auto ticket = test::admit(loop, book, intent_of({2}));
      REQUIRE(ticket);
      ticket->settle(outcome_of(200, 0, {1}));
    }
    writer.reset();
    CHECK(count_calls(dir.file(), 1) == 1);
  }
}
