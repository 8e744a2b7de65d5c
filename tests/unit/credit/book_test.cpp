#include "credit/book.hpp"

#include <optional>
#include <sstream>
#include <utility>

#include <doctest/doctest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::credit;

namespace {

class SetClock final : public Clock {
 public:
  TimePoint time = TimePoint(sys_days(2026y / 2 / 10).time_since_epoch() + 12h + 20s);
  [[nodiscard]] TimePoint now() const noexcept override { return time; }
};

struct Desk {
  SetClock clock;
  Book book{nullptr, clock, Log()};

  Result<Book::Ticket> admit(Credits worst_case = {2}) {
    const CallIntent intent{"quotes", Cause::Miss, worst_case, 150};
    return book.admit(intent);
  }
  // A call that ends at once; false when it is not admitted.
  bool call(unsigned http_status, std::int64_t error_code, Credits charged = {}) {
    auto ticket = admit();
    if (!ticket) return false;
    CallOutcome outcome;
    outcome.http_status = http_status;
    outcome.error_code = error_code;
    outcome.charged = charged;
    ticket->settle(outcome);
    return true;
  }
};

TimePoint on(year_month_day date, milliseconds time_of_day = 0ms) {
  return TimePoint(sys_days(date).time_since_epoch() + time_of_day);
}

constexpr std::int64_t kKeyCodes[] = {1001, 1002, 1003, 1004, 1005, 1007};

}  // namespace

TEST_SUITE("credit::Book") {
  TEST_CASE("counts calls and what they cost") {
    Desk desk;
    CHECK(desk.call(200, 0, {2}));
    CHECK(desk.call(400, 400));
    CHECK(desk.call(200, 0, {1}));
    CHECK(desk.book.totals().calls == 3);
    CHECK(desk.book.totals().credits == 3);
    CHECK(desk.book.totals().unrecorded == 3);  // there is no database
    CHECK_FALSE(desk.book.closed(desk.clock.time));
  }

  TEST_CASE("books the worst case of a ticket that is dropped, once, however often it moved") {
    Desk desk;
    {
      auto ticket = desk.admit({7});
      REQUIRE(ticket);
      Book::Ticket moved = std::move(*ticket);
      const Book::Ticket again = std::move(moved);
      CHECK(desk.book.totals().calls == 0);
    }
    CHECK(desk.book.totals().calls == 1);
    CHECK(desk.book.totals().credits == 7);
  }

  TEST_CASE("a settled ticket is booked as charged, not as held") {
    Desk desk;
    {
      auto ticket = desk.admit({7});
      REQUIRE(ticket);
      CallOutcome outcome;
      outcome.http_status = 200;
      outcome.charged = {3};
      ticket->settle(outcome);
    }
    CHECK(desk.book.totals().calls == 1);
    CHECK(desk.book.totals().credits == 3);
  }

  TEST_CASE("a spent window refuses calls until it ends") {
    struct Row {
      std::int64_t code;
      TimePoint until;
    };
    const Row rows[] = {
        {1008, on(2026y / 2 / 10, 12h + 1min)},
        {1009, on(2026y / 2 / 11)},
        {1010, on(2026y / 3 / 1)},
    };
    for (const Row& row : rows) {
      CAPTURE(row.code);
      Desk desk;
      REQUIRE(desk.call(429, row.code));
      const auto refused = desk.admit();
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == ErrorCode::Exhausted);
      CHECK(refused.error().message.find(std::to_string(row.code)) != std::string::npos);
      const auto closed = desk.book.closed(desk.clock.time);
      REQUIRE(closed);
      CHECK(closed->until == row.until);
      CHECK(closed->error_code == row.code);

      desk.clock.time = row.until - 1ms;
      CHECK_FALSE(desk.admit());
      desk.clock.time = row.until;
      CHECK(desk.admit());
      CHECK_FALSE(desk.book.closed(desk.clock.time));
    }
  }

  TEST_CASE("a short window does not open a long one") {
    Desk desk;
    auto in_flight = desk.admit();
    REQUIRE(in_flight);
    REQUIRE(desk.call(429, 1010));
    CallOutcome minute;
    minute.http_status = 429;
    minute.error_code = 1008;
    in_flight->settle(minute);
    const auto closed = desk.book.closed(desk.clock.time);
    REQUIRE(closed);
    CHECK(closed->error_code == 1010);
    desk.clock.time += 1h;
    CHECK_FALSE(desk.admit());
  }

  TEST_CASE("a refusal that comes in after midnight is about the day before") {
    Desk desk;
    desk.clock.time = on(2026y / 2 / 28, 24h - 1ms);
    auto ticket = desk.admit();
    REQUIRE(ticket);
    desk.clock.time += 300ms;
    CallOutcome outcome;
    outcome.http_status = 429;
    outcome.error_code = 1010;
    ticket->settle(outcome);
    CHECK_FALSE(desk.book.closed(desk.clock.time));
    CHECK(desk.admit());
  }

  TEST_CASE("a clock that steps back before a window does not keep it closed") {
    for (const std::int64_t code : {1001, 1008, 1009, 1010}) {
      CAPTURE(code);
      Desk desk;
      REQUIRE(desk.call(429, code));
      REQUIRE(desk.book.closed(desk.clock.time));
      desk.clock.time -= days(40);
      CHECK_FALSE(desk.book.closed(desk.clock.time));
      CHECK(desk.admit());
    }
  }

  TEST_CASE("a clock that jumps over a window opens it") {
    Desk desk;
    REQUIRE(desk.call(429, 1009));
    desk.clock.time += days(3);
    CHECK(desk.admit());
  }

  TEST_CASE("a refused key closes the book for ten minutes, then one call tries it") {
    for (const std::int64_t code : kKeyCodes) {
      CAPTURE(code);
      Desk desk;
      REQUIRE(desk.call(401, code));
      const auto refused = desk.admit();
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == ErrorCode::Unavailable);
      desk.clock.time += 10min - 1ms;
      CHECK_FALSE(desk.admit());
      desk.clock.time += 1ms;

      auto probe = desk.admit();
      REQUIRE(probe);
      CHECK_FALSE(desk.admit());  // alone
      CallOutcome outcome;
      outcome.http_status = 200;
      probe->settle(outcome);
      CHECK(desk.admit());
      CHECK(desk.admit());
    }
  }

  TEST_CASE("a key that is refused again closes the book for another ten minutes") {
    for (const std::int64_t code : kKeyCodes) {
      CAPTURE(code);
      Desk desk;
      REQUIRE(desk.call(401, code));
      desk.clock.time += 10min;
      REQUIRE(desk.call(401, code));
      desk.clock.time += 10min - 1ms;
      CHECK_FALSE(desk.admit());
      desk.clock.time += 1ms;
      CHECK(desk.admit());
    }
  }

  TEST_CASE("a try of the key that tells nothing is followed by another a minute later") {
    Desk desk;
    REQUIRE(desk.call(401, 1001));
    desk.clock.time += 10min;
    for (const unsigned http_status : {0U, 502U, 401U}) {
      CAPTURE(http_status);
      REQUIRE(desk.call(http_status, 0));
      CHECK_FALSE(desk.admit());
      desk.clock.time += kKeyProbe;
    }
    CHECK(desk.admit());  // and is dropped: tells nothing either
    CHECK_FALSE(desk.admit());
  }

  TEST_CASE("a call made before the key was refused does not open the book") {
    Desk desk;
    auto earlier = desk.admit();
    REQUIRE(earlier);
    REQUIRE(desk.call(401, 1001));
    CallOutcome outcome;
    outcome.http_status = 200;
    earlier->settle(outcome);
    CHECK_FALSE(desk.admit());
  }

  TEST_CASE("other errors close nothing") {
    struct Row {
      unsigned http_status;
      std::int64_t code;
    };
    const Row rows[] = {{400, 400}, {403, 1006}, {429, 1011}, {500, 500}, {0, 0}, {502, 0}};
    for (const Row& row : rows) {
      CAPTURE(row.code);
      Desk desk;
      REQUIRE(desk.call(row.http_status, row.code));
      CHECK(desk.admit());
    }
  }

  TEST_CASE("warns when a call cost more than its worst case") {
    std::ostringstream out;
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(out);
    const SetClock clock;
    Book book(
        nullptr, clock, Log(std::make_shared<spdlog::logger>("test", sink), Log::Format::Text));
    const CallIntent intent{"quotes", Cause::Miss, {1}, 100};
    auto ticket = book.admit(intent);
    REQUIRE(ticket);
    CallOutcome outcome;
    outcome.http_status = 200;
    outcome.charged = {2};
    ticket->settle(outcome);
    CHECK(out.str().find("endpoint=quotes charged=2 worst_case=1") != std::string::npos);
    CHECK(book.totals().credits == 2);
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
