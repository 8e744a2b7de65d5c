// The book and a database that is locked, slow or full.
#include <filesystem>
#include <fstream>
#include <thread>

#include "sqlite_book_desk.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::credit;
using namespace quotecached::ledger;
using namespace quotecached::test;

namespace asio = boost::asio;

TEST_SUITE("credit::Book") {
  TEST_CASE("while another process locks the database calls stop, and nothing is held for them") {
    const TempDir dir;
    store::Writer::Options store;
    store.busy_timeout = 50ms;
    Desk desk(dir.file(), capped(), store);
    SQLite::Database other(dir.file(), SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE");
    const auto refused = desk.admit();
    REQUIRE_FALSE(refused);
    CHECK_FALSE(refused.error().closure);
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
    Gate gate(*desk.writer);
    const auto refused = desk.admit();
    CHECK_FALSE(refused);
    gate.open();
    desk.flush();
    CHECK(query(dir.file(), "SELECT count(*) FROM upstream_calls") == 0);
    CHECK(load(dir.file()).last_id == 0);
  }

  TEST_CASE("a hold whose call is cancelled while it is committed is taken back") {
    const TempDir dir;
    Desk desk(dir.file());
    Gate gate(*desk.writer);
    asio::cancellation_signal cancel;
    const auto call = test::start_admission(desk.loop, desk.book, intent_of({2}), cancel.slot());
    desk.run_until([&] { return desk.book.view().holds == 1 || call->failure; });
    CHECK(desk.book.view().holds == 1);
    cancel.emit(asio::cancellation_type::terminal);
    desk.run_until([&] { return call->end || call->failure; });
    CHECK(call->failure);
    CHECK(desk.book.view().holds == 0);
    gate.open();
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
    CHECK(count_calls(dir.file(), 1) == 4);
  }

  TEST_CASE("what came of a call is written later when it cannot be now, and counts once") {
    const TempDir dir;
    store::Writer::Options store;
    store.busy_timeout = 20ms;
    {
      Desk desk(dir.file(), capped(), store);
      auto settled = desk.admit(intent_of({7}));
      auto released = desk.admit(intent_of({5}));
      REQUIRE(settled);
      REQUIRE(released);
      SQLite::Database other(dir.file(), SQLite::OPEN_READWRITE);
      other.exec("BEGIN IMMEDIATE");
      settled->settle(outcome_of(200, 0, {3}));
      released->release();
      const auto end = Steady::now() + 5s;
      while (desk.book.unrecorded() < 1 && Steady::now() < end) std::this_thread::yield();
      CHECK(desk.book.unrecorded() == 1);
      other.exec("COMMIT");
      CHECK(count_calls(dir.file(), 0) == 2);
      REQUIRE(desk.admit(intent_of({1})));  // dropped: its worst case is charged
      desk.flush();
      CHECK(count_calls(dir.file(), 0) == 0);
      CHECK(count_calls(dir.file(), 1) == 2);
    }
    Desk again(dir.file());
    CHECK(again.spent(WindowKind::Day) == 3 + 1);
  }

  TEST_CASE("a hold that is committed late stays when its call is made all the same") {
    const TempDir dir;
    auto options = capped();
    options.stops_on_ledger_failure = false;
    options.commit_timeout = 50ms;
    Desk desk(dir.file(), options);
    Gate gate(*desk.writer);
    auto ticket = desk.admit(intent_of({7}));
    REQUIRE(ticket);
    gate.open();
    desk.flush();
    CHECK(count_calls(dir.file(), 0) == 1);  // a crash from here on finds it
    ticket->settle(outcome_of(200, 0, {3}));
    desk.flush();
    CHECK(count_calls(dir.file(), 1) == 1);
    CHECK(kept_spend(dir.file(), "day") == 3);
  }

  TEST_CASE("a full disk stops calls until there is room again") {
    TempDir dir;
    if (!test::mount_small(dir, "1m")) return;
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
}
