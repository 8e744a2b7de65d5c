#include <doctest/doctest.h>

#include "alarm_facts.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::alert;
using namespace quotecached::ledger;
using namespace quotecached::test;

TEST_SUITE("alert::Alarms") {
  TEST_CASE("a restart repeats nothing that was said in the same window") {
    Alarms before({});
    auto history = before.review(month_at(13'500, kNoon), kNoon);
    Alarms after({});
    after.restore(history, kNoon + 1h);
    CHECK(after.active() == before.active());
    CHECK(after.review(month_at(13'500, kNoon + 1h), kNoon + 1h).empty());
    const TimePoint next = month_of(kNoon).end;
    CHECK(said(after.review(month_at(0, next), next)) == "-critical");
  }

  TEST_CASE("a restart knows what has recovered") {
    Alarms before({});
    auto history = before.review(month_at(12'000, kNoon), kNoon);
    for (auto& alert : before.review(month_at(1'000, kNoon), kNoon)) history.push_back(alert);
    REQUIRE(said(history) == "+warning -warning");
    Alarms after({});
    after.restore(history, kNoon + 1h);
    CHECK(after.active().empty());
    CHECK(after.review(month_at(12'000, kNoon + 1h), kNoon + 1h).empty());
  }

  TEST_CASE("a window that turned while the daemon was down has recovered") {
    Alarms before({});
    const auto history = before.review(month_at(12'000, kNoon), kNoon);
    Alarms after({});
    const TimePoint next = month_of(kNoon).end + 24h;
    after.restore(history, next);
    CHECK(said(after.review(month_at(3, next), next)) == "-warning");
  }

  TEST_CASE("a day that was spent before the daemon was down over midnight is over at once") {
    Alarms before({});
    AlarmFacts facts = calm(kNoon);
    facts.uses[kDay].spent = 1000;
    const auto history = before.review(facts, kNoon);
    REQUIRE(said(history) == "+warning +critical +critical");
    Alarms alarms({});
    const TimePoint tomorrow = kNoon + 13h;
    alarms.restore(history, tomorrow);
    const auto over = alarms.review(calm(tomorrow), tomorrow);
    REQUIRE(said(over) == "-critical -critical");
    for (const Alert& alert : over) CHECK(alert.message.starts_with("A new day has begun"));
    CHECK(alarms.active().empty());
  }

  TEST_CASE("after a restart what is still wrong is not said again") {
    for (const Trouble& trouble : kTroubles) {
      CAPTURE(trouble.name);
      Alarms before({});
      const auto history = before.review(struck(trouble, kNoon), kNoon);
      const TimePoint start = kNoon + 5min;
      Alarms after({});
      after.restore(history, start);
      CHECK(after.review(calm(start), start).empty());  // nothing is known yet
      CHECK(after.review(struck(trouble, start + 1min), start + 1min).empty());
      CHECK(after.active().size() == 1);
    }
  }

  TEST_CASE("after a restart what is not seen again is over a while later") {
    for (const Trouble& trouble : kTroubles) {
      CAPTURE(trouble.name);
      Alarms before({});
      const auto history = before.review(struck(trouble, kNoon), kNoon);
      const TimePoint start = kNoon + 5min;
      Alarms after({});
      after.restore(history, start);
      CHECK(after.review(calm(start + 9min), start + 9min).empty());
      CHECK(after.review(calm(start + 10min), start + 10min).size() == 1);
      CHECK(after.active().empty());
    }
  }

  TEST_CASE("a key that a call proves good is over at once, with a restart between") {
    AlarmFacts refused = calm(kNoon);
    refused.key_error = 1001;
    Alarms before({});
    const auto history = before.review(refused, kNoon);
    REQUIRE(history.size() == 1);
    const TimePoint start = kNoon + 1min;
    Alarms after({});
    after.restore(history, start);
    CHECK(after.review(calm(start), start).empty());
    AlarmFacts accepted = calm(start + 1s);
    accepted.is_key_proven = true;
    CHECK(said(after.review(accepted, start + 1s)) == "-critical");
    CHECK(after.active().empty());
  }

  TEST_CASE("what is seen again after a restart recovers as ever") {
    for (const Trouble& trouble : kTroubles) {
      CAPTURE(trouble.name);
      Alarms before({});
      const auto history = before.review(struck(trouble, kNoon), kNoon);
      const TimePoint start = kNoon + 5min;
      Alarms after({});
      after.restore(history, start);
      CHECK(after.review(struck(trouble, start + 1s), start + 1s).empty());
      CHECK(after.review(calm(start + 2s), start + 2s).size() == 1);
    }
  }
}
