#include "credit/closures.hpp"

#include <doctest/doctest.h>

#include "answered.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::credit;
using namespace quotecached::ledger;

namespace {

using Change = Closures::Change;

constexpr TimePoint on(year_month_day date, milliseconds time_of_day = 0ms) {
  return TimePoint(sys_days(date).time_since_epoch() + time_of_day);
}

// Calls as the book makes them.
struct Desk {
  TimePoint now = on(2026y / 2 / 10, 12h + 20s);
  Closures closures;
  std::uint64_t tickets = 0;

  std::uint64_t start() {
    REQUIRE_FALSE(closures.closed(now));
    closures.admitted(++tickets, now);
    return tickets;
  }
  Change end(std::uint64_t ticket, TimePoint started, unsigned http_status, std::int64_t code) {
    return closures.note(ticket, started, test::answered(http_status, code), now);
  }
  Change call(unsigned http_status, std::int64_t code) {
    return end(start(), now, http_status, code);
  }
  [[nodiscard]] bool is_open() const { return !closures.closed(now); }
};

constexpr std::int64_t kKeyCodes[] = {1001, 1002, 1003, 1004, 1005, 1007};

}  // namespace

TEST_SUITE("credit::Closures") {
  TEST_CASE("a spent window is closed until it ends") {
    struct Row {
      std::int64_t code;
      Closure closure;
      TimePoint until;
    };
    const Row rows[] = {
        {1008, Closure::Minute, on(2026y / 2 / 10, 12h + 1min)},
        {1009, Closure::Day, on(2026y / 2 / 11)},
        {1010, Closure::Month, on(2026y / 3 / 1)},
    };
    for (const Row& row : rows) {
      CAPTURE(row.code);
      Desk desk;
      CHECK(desk.call(429, row.code) == Change::Closed);
      const Closed closed{row.until, row.code, row.closure};
      CHECK(desk.closures.closed(desk.now) == closed);
      CHECK(desk.closures.closed(row.closure, desk.now) == closed);
      CHECK_FALSE(desk.closures.closed(Closure::Key, desk.now));
      CHECK(desk.closures.closed(row.until - 1ms) == closed);
      CHECK_FALSE(desk.closures.closed(row.until));
    }
  }

  TEST_CASE("a spent minute lasts as long as the provider says, up to a minute") {
    struct Row {
      std::int64_t code;
      std::chrono::seconds wait;
      TimePoint until;
    };
    const TimePoint now = Desk().now;  // 20 s into a minute
    const Row rows[] = {{1008, 0s, now + 40s},
                        {1008, 39s, now + 40s},
                        {1008, 41s, now + 41s},
                        {1008, 60s, now + 60s},
                        {1008, 86400s, now + 60s},
                        {1009, 48h, on(2026y / 2 / 11)}};
    for (const Row& row : rows) {
      CAPTURE(row.wait.count());
      Desk desk;
      auto outcome = test::answered(429, row.code);
      outcome.retry_after = row.wait;
      CHECK(desk.closures.note(desk.start(), desk.now, outcome, desk.now) == Change::Closed);
      CHECK(desk.closures.closed(desk.now)->until == row.until);
    }
  }

  TEST_CASE("a spent day and month end by the billing anchor") {
    Desk desk;
    desk.closures.change({20, 6h});
    const auto first = desk.start();
    const auto second = desk.start();
    desk.end(first, desk.now, 429, 1009);
    desk.end(second, desk.now, 429, 1010);
    CHECK(desk.closures.closed(Closure::Day, desk.now)->until == on(2026y / 2 / 11, 6h));
    CHECK(desk.closures.closed(Closure::Month, desk.now)->until == on(2026y / 2 / 20, 6h));
  }

  TEST_CASE("a short window does not open a long one, and the longest is told") {
    Desk desk;
    const auto in_flight = desk.start();
    CHECK(desk.call(429, 1010) == Change::Closed);
    CHECK(desk.end(in_flight, desk.now, 429, 1008) == Change::Closed);
    CHECK(desk.closures.closed(desk.now)->error_code == 1010);
    CHECK(desk.closures.closed(Closure::Minute, desk.now)->error_code == 1008);
    desk.now += 1h;
    CHECK(desk.closures.closed(desk.now)->error_code == 1010);
  }

  TEST_CASE("the same refusal once more is no news, nor does it last longer") {
    Desk desk;
    const auto other = desk.start();
    CHECK(desk.call(429, 1009) == Change::Closed);
    desk.now += 1min;
    CHECK(desk.end(other, desk.now - 1min, 429, 1009) == Change::None);
    CHECK(desk.closures.closed(desk.now)->until == on(2026y / 2 / 11));
  }

  TEST_CASE("a refusal that comes in after midnight is about the day before") {
    Desk desk;
    desk.now = on(2026y / 2 / 28, 24h - 1ms);
    const auto ticket = desk.start();
    const TimePoint started = desk.now;
    desk.now += 300ms;
    desk.end(ticket, started, 429, 1010);
    CHECK(desk.is_open());
  }

  TEST_CASE("a clock that steps back before a window does not keep it closed") {
    for (const std::int64_t code : {1001, 1008, 1009, 1010}) {
      CAPTURE(code);
      Desk desk;
      desk.call(429, code);
      REQUIRE_FALSE(desk.is_open());
      desk.now -= days(40);
      CHECK(desk.is_open());
    }
  }

  TEST_CASE("a refused key rests for ten minutes, then one call tries it alone") {
    for (const std::int64_t code : kKeyCodes) {
      CAPTURE(code);
      Desk desk;
      CHECK(desk.call(401, code) == Change::Closed);
      desk.now += 10min - 1ms;
      CHECK_FALSE(desk.is_open());
      desk.now += 1ms;
      const auto probe = desk.start();
      CHECK_FALSE(desk.is_open());
      CHECK(desk.end(probe, desk.now, 200, 0) == Change::KeyAccepted);
      CHECK(desk.call(200, 0) == Change::None);
      CHECK(desk.is_open());
    }
  }

  TEST_CASE("a key that is refused again rests for another ten minutes") {
    Desk desk;
    desk.call(401, 1001);
    desk.now += 10min;
    desk.call(401, 1002);
    desk.now += 10min - 1ms;
    CHECK(desk.closures.closed(desk.now)->error_code == 1002);
    desk.now += 1ms;
    CHECK(desk.is_open());
  }

  TEST_CASE("a try of the key that tells nothing is followed by another a minute later") {
    Desk desk;
    desk.call(401, 1001);
    desk.now += 10min;
    for (const unsigned http_status : {0U, 502U, 401U}) {
      CAPTURE(http_status);
      CHECK(desk.call(http_status, 0) == Change::None);
      CHECK_FALSE(desk.is_open());
      desk.now += kKeyProbe;
    }
    CHECK(desk.is_open());
  }

  TEST_CASE("a call made before the key was refused does not open it") {
    Desk desk;
    const auto earlier = desk.start();
    desk.call(401, 1001);
    CHECK(desk.end(earlier, desk.now, 200, 0) == Change::None);
    CHECK_FALSE(desk.is_open());
  }

  TEST_CASE("what costs nothing asks while the key rests, and opens it when it is good") {
    Desk desk;
    desk.call(401, 1001);
    desk.now += 1min;
    for (const bool is_good : {false, true}) {
      CAPTURE(is_good);
      desk.closures.admitted(++desk.tickets, desk.now, Closures::Trial::No);
      CHECK_FALSE(desk.is_open());
      const auto news = desk.end(desk.tickets, desk.now, is_good ? 200 : 502, 0);
      CHECK(news == (is_good ? Change::KeyAccepted : Change::None));
      CHECK(desk.is_open() == is_good);
    }
    CHECK_FALSE(desk.closures.key_error());
  }

  TEST_CASE("it does not shorten the rest of a refused key") {
    Desk desk;
    desk.call(401, 1001);
    desk.closures.admitted(++desk.tickets, desk.now, Closures::Trial::No);
    desk.now += 10min - 1ms;
    CHECK_FALSE(desk.is_open());
    desk.now += 1ms;
    CHECK(desk.is_open());
  }

  TEST_CASE("an error that only a good key gets opens it") {
    Desk desk;
    desk.call(401, 1001);
    desk.now += 10min;
    CHECK(desk.closures.key_error() == 1001);
    CHECK(desk.call(400, 400) == Change::KeyAccepted);
    CHECK(desk.is_open());
    CHECK_FALSE(desk.closures.key_error());
  }

  TEST_CASE("the key is proven by an answer that only a good one gets, until it is refused") {
    Desk desk;
    CHECK_FALSE(desk.closures.is_key_proven());
    desk.call(429, 1011);
    CHECK_FALSE(desk.closures.is_key_proven());
    const auto earlier = desk.start();
    desk.call(200, 0);
    CHECK(desk.closures.is_key_proven());
    desk.call(401, 1001);
    CHECK_FALSE(desk.closures.is_key_proven());
    desk.end(earlier, desk.now, 200, 0);
    CHECK_FALSE(desk.closures.is_key_proven());
    desk.now += 10min;
    desk.call(200, 0);
    CHECK(desk.closures.is_key_proven());
  }

  TEST_CASE("an answer that any key may get does not open it") {
    Desk desk;
    desk.call(401, 1001);
    desk.now += 10min;
    CHECK(desk.call(429, 1011) == Change::None);
    CHECK(desk.closures.key_error() == 1001);
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
      CHECK(desk.call(row.http_status, row.code) == Change::None);
      CHECK(desk.is_open());
    }
  }
}
