#include "credit/book.hpp"

#include <sstream>
#include <vector>

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include "unrecorded_desk.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::credit;
using namespace quotecached::ledger;
using namespace quotecached::pacing;
using namespace quotecached::test;

TEST_SUITE("credit::Book") {
  TEST_CASE("counts calls and what they cost") {
    Desk desk;
    CHECK(desk.call(200, 0, {2}));
    CHECK(desk.call(400, 400));
    CHECK(desk.call(200, 0, {1}));
    CHECK(desk.book.totals().calls == 3);
    CHECK(desk.book.totals().credits == 3);
    CHECK(desk.book.unrecorded() == 3);  // there is no database
    CHECK_FALSE(desk.book.view().ledger_error.empty());
    CHECK(desk.use(WindowKind::Month).spent == 3);
    CHECK(desk.use(WindowKind::Minute).spent == 3);
  }

  TEST_CASE("books the worst case of a ticket that is dropped, once, however often it moved") {
    Desk desk;
    {
      auto ticket = desk.admit(intent_of({7}));
      REQUIRE(ticket);
      Book::Ticket moved = std::move(*ticket);
      const Book::Ticket again = std::move(moved);
      CHECK(desk.book.totals().calls == 0);
      CHECK(desk.use(WindowKind::Day).held == 7);
    }
    CHECK(desk.book.totals().calls == 1);
    CHECK(desk.book.totals().credits == 7);
    CHECK(desk.use(WindowKind::Day).held == 0);
    CHECK(desk.use(WindowKind::Day).spent == 7);
  }

  TEST_CASE("a settled ticket is booked as charged, not as held") {
    Desk desk;
    auto ticket = desk.admit(intent_of({7}));
    REQUIRE(ticket);
    ticket->settle(outcome_of(200, 0, {3}));
    CHECK(desk.book.totals().credits == 3);
    CHECK(desk.use(WindowKind::Day).spent == 3);
  }

  TEST_CASE("a released ticket leaves nothing behind, not even a request") {
    Desk desk;
    auto ticket = desk.admit(intent_of({7}));
    REQUIRE(ticket);
    ticket->release();
    CHECK(desk.book.totals().calls == 0);
    CHECK(desk.book.view().holds == 0);
    CHECK(desk.use(WindowKind::Minute).spent == 0);
    CHECK(desk.use(WindowKind::Month).spent == 0);
  }

  TEST_CASE("a ticket that outlives the book does nothing") {
    asio::io_context loop;
    const test::SetClock clock;
    const pacing::PublishedPolicy policy;
    auto book = std::make_unique<Book>(
        Book::Parts{nullptr, policy, clock}, BookState{}, unrecorded(), Log());
    const auto ticket = test::admit(loop, *book, intent_of({1}));
    REQUIRE(ticket);
    book.reset();
  }

  TEST_CASE("refuses what a window cannot cover, and says until when") {
    struct Row {
      Caps caps;
      Closure closure;
      TimePoint until;
    };
    const Row rows[] = {{{.per_day = {5}, .per_month = {}}, Closure::Day, on(2026y / 2 / 11)},
                        {{.per_day = {}, .per_month = {5}}, Closure::Month, on(2026y / 3 / 1)},
                        {{.per_day = {5}, .per_month = {5}}, Closure::Month, on(2026y / 3 / 1)}};
    for (const Row& row : rows) {
      CAPTURE(row.closure);
      Desk desk(unrecorded(row.caps));
      REQUIRE(desk.call(200, 0, {2}));
      REQUIRE(desk.call(200, 0, {2}));
      const auto refused = desk.admit(intent_of({2}));
      REQUIRE_FALSE(refused);
      CHECK(refused.error().error.code == ErrorCode::Exhausted);
      CHECK(refused.error().closure == row.closure);
      CHECK(refused.error().until == row.until);
      CHECK(desk.admit(intent_of({1})));
      desk.clock.time = row.until;
      CHECK(desk.admit(intent_of({2})));
    }
  }

  TEST_CASE("many calls at once never hold more than the cap") {
    Desk desk(unrecorded({.per_day = {10}, .per_month = {}}));
    std::vector<std::shared_ptr<test::Admitting>> calls;
    for (int i = 0; i < 50; ++i)
      calls.push_back(test::start_admission(desk.loop, desk.book, intent_of({3})));
    std::size_t admitted = 0;
    std::vector<Admission> kept;
    for (const auto& call : calls) {
      kept.push_back(test::finish(desk.loop, *call));
      admitted += kept.back() ? 1U : 0U;
    }
    CHECK(admitted == 3);
    CHECK(desk.use(WindowKind::Day).held == 9);
  }

  TEST_CASE("a minute without room makes a call wait for its turn") {
    Desk desk(unrecorded(Caps{1, {}, {}}));
    REQUIRE(desk.call(200, 0));
    auto intent = intent_of({1});
    intent.deadline = Steady::now() + 5min;
    const auto waiting = test::start_admission(desk.loop, desk.book, intent);
    desk.loop.run_for(600ms);
    CHECK_FALSE(waiting->end);
    desk.clock.time += 40s;  // the next minute
    CHECK(test::finish(desk.loop, *waiting));
  }

  TEST_CASE("a call that could not wait so long is refused at once") {
    Desk desk(unrecorded(Caps{1, {}, {}}));
    REQUIRE(desk.call(200, 0));
    for (const auto patience : {0s, 30s}) {
      CAPTURE(patience.count());
      auto intent = intent_of({1});
      intent.deadline = Steady::now() + patience;
      const auto begin = Steady::now();
      const auto refused = desk.admit(intent);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().closure == Closure::Minute);
      CHECK(refused.error().until == desk.clock.time + 40s);
      CHECK(Steady::now() - begin < 5s);
    }
  }

  TEST_CASE("a call that is cancelled while it waits holds nothing") {
    Desk desk(unrecorded(Caps{1, {}, {}}));
    REQUIRE(desk.call(200, 0));
    auto intent = intent_of({1});
    intent.deadline = Steady::now() + 5min;
    asio::cancellation_signal cancel;
    const auto waiting = test::start_admission(desk.loop, desk.book, intent, cancel.slot());
    desk.loop.restart();
    desk.loop.poll();
    CHECK_FALSE(waiting->end);
    cancel.emit(asio::cancellation_type::terminal);
    for (const auto end = Steady::now() + 5s; !waiting->failure && Steady::now() < end;) {
      desk.loop.restart();
      desk.loop.run_one_for(10ms);
    }
    CHECK(waiting->failure);
    CHECK(desk.book.view().holds == 0);
  }

  TEST_CASE("what the provider closed refuses calls until it is over") {
    struct Row {
      std::int64_t code;
      ErrorCode why;
      TimePoint until;
    };
    const TimePoint noon = on(2026y / 2 / 10) + 12h;
    const Row rows[] = {{1008, ErrorCode::Exhausted, noon + 1min},
                        {1009, ErrorCode::Exhausted, on(2026y / 2 / 11)},
                        {1010, ErrorCode::Exhausted, on(2026y / 3 / 1)},
                        {1001, ErrorCode::Unavailable, noon + 20s + 10min}};
    for (const Row& row : rows) {
      CAPTURE(row.code);
      Desk desk;
      REQUIRE(desk.call(429, row.code));
      const auto refused = desk.admit();
      REQUIRE_FALSE(refused);
      CHECK(refused.error().error.code == row.why);
      CHECK(refused.error().error.message.find(std::to_string(row.code)) != std::string::npos);
      CHECK(refused.error().error_code == row.code);
      CHECK(refused.error().closure == test::closed_by(row.code));
      CHECK(refused.error().until == row.until);
      const auto closed = desk.book.closed(desk.clock.time);
      REQUIRE(closed);
      CHECK(closed->until == row.until);
      const auto view = desk.book.view();
      const auto which = test::closed_by(row.code);
      REQUIRE(which);
      for (std::size_t i = 0; i < kClosures; ++i)
        CHECK(view.closed[i].has_value() == (i == static_cast<std::size_t>(*which)));
      desk.clock.time = row.until;
      CHECK(desk.admit());
    }
  }

  TEST_CASE("a refused key is tried by one call at a time") {
    Desk desk;
    REQUIRE(desk.call(401, 1001));
    desk.clock.time += 10min;
    auto probe = desk.admit();
    REQUIRE(probe);
    CHECK_FALSE(desk.admit());  // alone
    probe->settle(outcome_of(200, 0, {1}));
    CHECK(desk.admit());
  }

  TEST_CASE("other errors close nothing") {
    struct Row {
      unsigned http_status;
      std::int64_t code;
    };
    for (const Row& row :
         {Row{400, 400}, Row{403, 1006}, Row{429, 1011}, Row{500, 500}, Row{0, 0}, Row{502, 0}}) {
      CAPTURE(row.code);
      Desk desk;
      REQUIRE(desk.call(row.http_status, row.code));
      CHECK(desk.admit());
    }
  }

  TEST_CASE("the spend mode says what may be paid for, probes aside") {
    struct Row {
      SpendMode mode;
      Purpose purpose;
    };
    for (const auto mode : {SpendMode::Normal,
                            SpendMode::Economise,
                            SpendMode::ForegroundOnly,
                            SpendMode::CacheOnly}) {
      for (const auto purpose : {Purpose::Miss, Purpose::Refresh, Purpose::Ahead}) {
        CAPTURE(to_string(mode));
        Desk desk(unrecorded({.per_day = {100}, .per_month = {1000}}));
        REQUIRE(desk.call(200, 0, {10}));
        desk.policy.publish(pacing::policy_of(mode));
        const bool may = may_pay(rules_of(mode), purpose);
        const auto admitted = desk.admit(intent_of({1}, purpose));
        CHECK(admitted.has_value() == may);
        CHECK(desk.book.refusal(purpose, {1}).has_value() != may);
        if (may) continue;
        CHECK(admitted.error().closure == Closure::Day);  // 10 of 100 are more than 10 of 1000
        CHECK(admitted.error().until == on(2026y / 2 / 11));
        auto probe = intent_of({}, purpose);
        probe.cause = Cause::Probe;
        CHECK(desk.admit(probe));
      }
    }
  }

  TEST_CASE("says beforehand what would be refused, and holds nothing for that") {
    Desk desk(unrecorded({.requests_per_minute = 2, .per_day = {10}, .per_month = {}}));
    CHECK_FALSE(desk.book.refusal(Purpose::Miss, {10}));
    const auto dear = desk.book.refusal(Purpose::Miss, {11});
    REQUIRE(dear);
    CHECK(dear->closure == Closure::Day);
    CHECK(desk.book.view().holds == 0);
    CHECK(desk.use(WindowKind::Minute).spent == 0);
    REQUIRE(desk.call(200, 0, {1}));
    REQUIRE(desk.call(200, 0, {1}));
    CHECK_FALSE(desk.book.refusal(Purpose::Miss, {1}));  // its turn comes
    REQUIRE(desk.book.refusal(Purpose::Miss, {9}));
  }

  TEST_CASE("without a ledger that can be written nothing is called, unless that is wanted") {
    Book::Options strict;
    BookState state;
    state.error = "the disk is on fire";
    Desk desk(strict, state);
    const auto refused = desk.admit();
    REQUIRE_FALSE(refused);
    CHECK_FALSE(refused.error().closure);
    CHECK(refused.error().error.code == ErrorCode::Unavailable);
    CHECK(refused.error().error.message.find("on fire") != std::string::npos);
    CHECK(desk.book.view().holds == 0);
    CHECK(desk.book.view().ledger_error == "the disk is on fire");
    CHECK(desk.use(WindowKind::Minute).spent == 0);
  }

  TEST_CASE("at the stop nobody waits for a turn any more") {
    Desk desk(unrecorded({.per_day = {10}, .per_month = {}}));
    auto first = desk.admit(intent_of({8}));
    REQUIRE(first);
    auto intent = intent_of({5});
    intent.deadline = Steady::now() + 60s;
    const auto waiting = test::start_admission(desk.loop, desk.book, intent);
    desk.loop.run_for(50ms);
    REQUIRE_FALSE(waiting->end);
    desk.book.stop_waiting();
    CHECK_FALSE(test::finish(desk.loop, *waiting));
    CHECK_FALSE(desk.admit(intent));
    CHECK(desk.admit(intent_of({2})));
  }

  TEST_CASE("a call that only held credits stand in the way of waits for them") {
    Desk desk(unrecorded({.per_day = {10}, .per_month = {}}));
    auto first = desk.admit(intent_of({8}));
    REQUIRE(first);
    auto intent = intent_of({5});
    intent.deadline = Steady::now() + 5s;
    const auto waiting = test::start_admission(desk.loop, desk.book, intent);
    desk.loop.run_for(50ms);
    CHECK_FALSE(waiting->end);
    first->settle(outcome_of(200, 0, {1}));
    CHECK(test::finish(desk.loop, *waiting));
    intent.deadline = Steady::now();
    auto most = desk.admit(intent_of({3}));
    intent.worst_case = {4};
    const auto refused = desk.admit(intent);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().closure == Closure::Day);
    CHECK(*refused.error().until - desk.clock.time <= 1s);
  }

  TEST_CASE("a mode by hand is refused until it ends") {
    Desk desk(unrecorded({.per_day = {10}, .per_month = {}}));
    desk.policy.publish(
        pacing::policy_of(SpendMode::CacheOnly, pacing::Age(0), 1, desk.clock.time + 2h));
    const auto refused = desk.admit();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().until == desk.clock.time + 2h);
  }

  TEST_CASE("starts from what was spent and lost before") {
    BookState state;
    const Window month{on(2026y / 2 / 1), on(2026y / 3 / 1)};
    state.windows.push_back({WindowKind::Month, month, 90});
    state.held.push_back({17, {8}, on(2026y / 2 / 10) + 12h});
    state.last_id = 17;
    Desk desk(unrecorded({.per_day = {}, .per_month = {100}}), state);
    CHECK(desk.use(WindowKind::Month).spent == 98);
    CHECK_FALSE(desk.admit(intent_of({3})));
    CHECK(desk.admit(intent_of({2})));
  }

  TEST_CASE("tells of each settled call") {
    Desk desk;
    std::vector<CallRecord> records;
    desk.book.on_settled([&](const CallRecord& record) { records.push_back(record); });
    auto intent = intent_of({2});
    intent.client = "bot";
    intent.cause = Cause::Refresh;
    auto ticket = desk.admit(intent);
    REQUIRE(ticket);
    CHECK(records.empty());
    ticket->settle(outcome_of(200, 0, {1}));
    REQUIRE(records.size() == 1);
    CHECK(records.front().intent.client == "bot");
    CHECK(records.front().intent.cause == Cause::Refresh);
    CHECK(records.front().outcome.charge.credits == Credits{1});
    CHECK(records.front().started == desk.clock.time);
    CHECK(records.front().is_good());
  }

  TEST_CASE("a price that rose is held from then on") {
    Desk desk(unrecorded({.per_day = {100}, .per_month = {}}));
    auto ticket = desk.admit(intent_of({1}));
    REQUIRE(ticket);
    ticket->settle(outcome_of(200, 0, {3}));
    const auto next = desk.admit(intent_of({1}));
    REQUIRE(next);
    CHECK(desk.use(WindowKind::Day).held == 3);
    CHECK(desk.book.view().prices.at("v2.quotes").mismatches == 1);
  }

  TEST_CASE("warns when a call cost more than its worst case") {
    std::ostringstream out;
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(out);
    const Log log(std::make_shared<spdlog::logger>("test", sink), Log::Format::Text);
    Desk desk(unrecorded(), {}, log);
    auto ticket = desk.admit(intent_of({1}));
    REQUIRE(ticket);
    ticket->settle(outcome_of(200, 0, {2}));
    CHECK(out.str().find("endpoint=v2.quotes charged=2 worst_case=1") != std::string::npos);
    CHECK(desk.book.totals().credits == 2);
  }

  TEST_CASE("causes have names") {
    const std::pair<Cause, std::string_view> rows[] = {{Cause::Miss, "miss"},
                                                       {Cause::Refresh, "refresh"},
                                                       {Cause::Warm, "warm"},
                                                       {Cause::Cron, "cron"},
                                                       {Cause::Retry, "retry"},
                                                       {Cause::Probe, "probe"},
                                                       {Cause::Forward, "forward"}};
    for (const auto& [cause, name] : rows) CHECK(to_string(cause) == name);
  }
}
