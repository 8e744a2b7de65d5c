#include <algorithm>

#include <doctest/doctest.h>

#include "alarm_facts.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::alert;
using namespace quotecached::ledger;
using namespace quotecached::test;

TEST_SUITE("alert::Alarms") {
  TEST_CASE("thresholds are raised at their share, and only by day and month") {
    struct Row {
      const char* name;
      std::size_t window;
      std::int64_t cap, spent, held;
      const char* said;
    };
    const Row rows[] = {
        {"below", kMonth, 15000, 11999, 0, ""},
        {"at the warning", kMonth, 15000, 12000, 0, "+warning"},
        {"below critical", kMonth, 15000, 13499, 0, "+warning"},
        {"at critical, both at once", kMonth, 15000, 13500, 0, "+warning +critical"},
        {"above the cap", kDay, 1000, 1200, 0, "+warning +critical +critical"},
        {"holds are not spent yet", kDay, 1000, 700, 300, ""},
        {"no cap", kDay, 0, 1'000'000, 0, ""},
        {"a small cap", kDay, 10, 8, 0, "+warning"},
        {"the minute turns too soon", kMinute, 30, 30, 0, ""},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      Alarms alarms({});
      AlarmFacts facts = calm(kNoon);
      facts.uses[row.window].cap = row.cap;
      facts.uses[row.window].spent = row.spent;
      facts.uses[row.window].held = row.held;
      CHECK(said(alarms.review(facts, kNoon)) == row.said);
      CHECK(said(alarms.review(facts, kNoon + 1s)).empty());
    }
  }

  TEST_CASE("within one window each level is raised once, whatever the share does") {
    struct Step {
      std::int64_t spent;
      const char* said;
      const char* active;
    };
    const Step steps[] = {
        {11'900, "", ""},
        {12'000, "+warning", "+warning"},
        {11'300, "", "+warning"},  // within the margin
        {12'100, "", "+warning"},
        {13'500, "+critical", "+critical"},
        {12'800, "", "+critical"},  // within the margin
        {12'600, "", "+warning"},   // below it: not critical, and no recovery
        {13'600, "", "+critical"},  // said already
        {11'200, "-critical", ""},  // below 75 %
        {14'200, "", "+critical"},  // said already
        {11'000, "", ""},           // and so is its end
    };
    Alarms alarms({});
    TimePoint now = kNoon;
    for (const Step& step : steps) {
      CAPTURE(step.spent);
      CHECK(said(alarms.review(month_at(step.spent, now), now)) == step.said);
      CHECK(said(alarms.active()) == step.active);
      now += 1min;
    }
  }

  TEST_CASE("the turn of a window is its recovery, once, and the next one may raise again") {
    Alarms alarms({});
    CHECK(said(alarms.review(month_at(13'500, kNoon), kNoon)) == "+warning +critical");
    const TimePoint next = month_of(kNoon).end;
    const auto recovered = alarms.review(month_at(0, next), next);
    REQUIRE(said(recovered) == "-critical");
    CHECK(recovered[0].message ==
          "A new month has begun: 0 of 15,000 credits are spent; resets 2027-01-01 00:00 UTC");
    CHECK(recovered[0].until == month_of(next).end);
    CHECK(alarms.active().empty());
    CHECK(said(alarms.review(month_at(0, next + 1s), next + 1s)).empty());
    CHECK(said(alarms.review(month_at(12'000, next + 24h), next + 24h)) == "+warning");
  }

  TEST_CASE("a window that begins above a threshold is raised, not recovered") {
    Alarms alarms({});
    CHECK(said(alarms.review(month_at(13'500, kNoon), kNoon)) == "+warning +critical");
    const TimePoint next = month_of(kNoon).end;
    CHECK(said(alarms.review(month_at(12'500, next), next)) == "+warning");
    CHECK(said(alarms.active()) == "+warning");
  }

  TEST_CASE("within the margin a turned window has recovered") {
    Alarms alarms({});
    CHECK(said(alarms.review(month_at(12'000, kNoon), kNoon)) == "+warning");
    const TimePoint next = month_of(kNoon).end;
    CHECK(said(alarms.review(month_at(11'900, next), next)) == "-warning");
  }

  TEST_CASE("another cap makes the same share news") {
    Alarms alarms({});
    CHECK(said(alarms.review(month_at(12'000, kNoon), kNoon)) == "+warning");
    AlarmFacts facts = month_at(12'000, kNoon);
    facts.uses[kMonth].cap = 100'000;
    CHECK(said(alarms.review(facts, kNoon)) == "-warning");
    facts.uses[kMonth].spent = 80'000;
    CHECK(said(alarms.review(facts, kNoon)) == "+warning");
    facts.uses[kMonth].cap = 90'000;  // 88 %: raised still, and no news
    CHECK(said(alarms.review(facts, kNoon)).empty());
    facts.uses[kMonth].cap = 0;
    const auto over = alarms.review(facts, kNoon);
    REQUIRE(said(over) == "-warning");
    CHECK(over[0].message == "Credits per month are no longer limited");
  }

  TEST_CASE("an alert carries its figures") {
    Alarms alarms({});
    const auto due = alarms.review(month_at(13'650, kNoon), kNoon);
    REQUIRE(due.size() == 2);
    CHECK(due[0].kind == AlertKind::Window);
    CHECK(due[0].subject == "month");
    CHECK(due[0].at == kNoon);
    CHECK(due[0].value == doctest::Approx(0.91));
    CHECK(due[0].bound == 0.8);
    CHECK(due[1].bound == 0.9);
    CHECK(due[1].until == month_of(kNoon).end);
    CHECK(due[1].message ==
          "91 % of this month's 15,000 credits are spent; resets 2026-12-01 00:00 UTC");
  }

  TEST_CASE("100 % is said only when all is spent") {
    Alarms alarms({});
    const auto almost = alarms.review(month_at(14'999, kNoon), kNoon);
    CHECK(almost.back().message.starts_with("99 % "));
  }

  TEST_CASE("what is wrong is raised once and recovers once") {
    for (const Trouble& trouble : kTroubles) {
      CAPTURE(trouble.name);
      Alarms alarms({});
      CHECK(alarms.review(calm(kNoon), kNoon).empty());
      const auto raised = alarms.review(struck(trouble, kNoon), kNoon);
      REQUIRE(raised.size() == 1);
      CHECK(raised[0].kind == trouble.kind);
      CHECK(raised[0].level == trouble.level);
      CHECK(raised[0].subject == trouble.subject);
      CHECK(raised[0].value == trouble.value);
      CHECK_FALSE(raised[0].is_recovery);
      CHECK_FALSE(raised[0].message.empty());
      CHECK(alarms.review(struck(trouble, kNoon + 1min), kNoon + 1min).empty());
      CHECK(alarms.active().size() == 1);
      const auto over = alarms.review(calm(kNoon + 2min), kNoon + 2min);
      REQUIRE(over.size() == 1);
      CHECK(over[0].is_recovery);
      CHECK(over[0].level == trouble.level);
      CHECK(over[0].subject == trouble.subject);
      CHECK_FALSE(over[0].message.empty());
      CHECK(alarms.active().empty());
      CHECK(alarms.review(calm(kNoon + 3min), kNoon + 3min).empty());
    }
  }

  TEST_CASE("what comes and goes is raised once an hour, and still there then it is raised") {
    for (const Trouble& trouble : kTroubles) {
      CAPTURE(trouble.name);
      Alarms alarms({});
      std::size_t raised = 0;
      for (auto after = 0min; after < 60min; after += 2min) {
        const TimePoint now = kNoon + after;
        raised += alarms.review(struck(trouble, now), now).size();
        (void)alarms.review(calm(now + 1min), now + 1min);
      }
      CHECK(raised == 1);
      CHECK(alarms.review(struck(trouble, kNoon + 60min), kNoon + 60min).size() == 1);
    }
  }

  TEST_CASE("what comes again within the hour is not told, and active all the same") {
    for (const Trouble& trouble : kTroubles) {
      CAPTURE(trouble.name);
      Alarms alarms({});
      (void)alarms.review(struck(trouble, kNoon), kNoon);
      (void)alarms.review(calm(kNoon + 5min), kNoon + 5min);
      CHECK(alarms.active().empty());
      CHECK(alarms.review(struck(trouble, kNoon + 20min), kNoon + 20min).empty());
      REQUIRE(alarms.active().size() == 1);
      CHECK(alarms.active()[0].at == kNoon + 20min);
      // Nobody heard of it, so nobody hears that it is over.
      CHECK(alarms.review(calm(kNoon + 25min), kNoon + 25min).empty());
      CHECK(alarms.active().empty());
      CHECK(alarms.review(struck(trouble, kNoon + 50min), kNoon + 50min).empty());
      CHECK(said(alarms.review(struck(trouble, kNoon + 60min), kNoon + 60min)).starts_with('+'));
      CHECK(said(alarms.review(calm(kNoon + 65min), kNoon + 65min)).starts_with('-'));
    }
  }

  TEST_CASE("a share that passes a threshold again is not told twice, and active all the same") {
    Alarms alarms({});
    CHECK(said(alarms.review(month_at(12'000, kNoon), kNoon)) == "+warning");
    CHECK(said(alarms.review(month_at(11'000, kNoon), kNoon)) == "-warning");
    CHECK(said(alarms.review(month_at(12'000, kNoon), kNoon)).empty());
    CHECK(alarms.active().size() == 1);
    CHECK(said(alarms.review(month_at(11'000, kNoon), kNoon)).empty());
    CHECK(alarms.active().empty());
  }

  TEST_CASE("the last threshold is an alert of its own") {
    Alarms alarms({});
    const auto raised = alarms.review(month_at(15'000, kNoon), kNoon);
    REQUIRE(said(raised) == "+warning +critical +critical");
    CHECK(raised[2].kind == AlertKind::Exhausted);
    CHECK(raised[2].subject == "month");
    CHECK(raised[2].bound == 1);
    CHECK(raised[2].message ==
          "All of this month's 15,000 credits are spent: only the cache answers until "
          "2026-12-01 00:00 UTC");
    CHECK(alarms.review(month_at(14'999, kNoon), kNoon).empty());
    const TimePoint december = sys_days(2026y / 12 / 1);
    CHECK(said(alarms.review(calm(december), december)) == "-critical -critical");
  }

  TEST_CASE("a last threshold below the cap says so") {
    Alarms::Options options;
    options.exhausted = 0.95;
    Alarms alarms(options);
    const auto raised = alarms.review(month_at(14'400, kNoon), kNoon);
    REQUIRE(raised.back().kind == AlertKind::Exhausted);
    CHECK(raised.back().message ==
          "96 % of this month's 15,000 credits are spent; resets 2026-12-01 00:00 UTC, the last "
          "threshold is passed");
  }

  TEST_CASE("small differences are no alert") {
    struct Row {
      const char* name;
      std::size_t window;
      std::int64_t cap, drift;
      bool is_raised;
    };
    const Row rows[] = {
        {"ten credits", kDay, 1000, 10, false},
        {"eleven of 1,000", kDay, 1000, 11, true},
        {"a hundredth of the cap", kMonth, 15'000, 150, false},
        {"more than that", kMonth, 15'000, 151, true},
        {"fewer", kMonth, 15'000, -151, true},
        {"no cap", kMonth, 0, 11, true},
        {"requests", kMinute, 30, 30, false},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      Alarms alarms({});
      AlarmFacts facts = calm(kNoon);
      facts.uses[row.window].cap = row.cap;
      facts.drifts[row.window] = row.drift;
      CHECK(alarms.review(facts, kNoon).size() == (row.is_raised ? 1 : 0));
    }
  }

  TEST_CASE("the provider is unreachable after so long, and not before") {
    Alarms alarms({});
    AlarmFacts facts = calm(kNoon);
    facts.outage = Outage{kNoon, kNoon + 5min - 1ms};
    CHECK(alarms.review(facts, kNoon + 5min).empty());
    // Nobody called since: it may answer again.
    CHECK(alarms.review(facts, kNoon + 2h).empty());
    facts.outage->last = kNoon + 5min;
    const auto raised = alarms.review(facts, kNoon + 5min);
    REQUIRE(raised.size() == 1);
    CHECK(raised[0].message ==
          "The provider has not answered for 5 minutes, since 2026-11-21 12:00 UTC");
    // A clock that steps back is no answer.
    CHECK(alarms.review(facts, kNoon - 1h).empty());
    CHECK(alarms.active().size() == 1);
  }

  TEST_CASE("answers that are not believed are told after two minutes") {
    Alarms alarms({});
    AlarmFacts facts = calm(kNoon);
    facts.contradiction = Contradiction{kNoon, kNoon + 2min - 1ms, 3};
    CHECK(alarms.review(facts, kNoon + 2min).empty());
    facts.contradiction->last = kNoon + 2min;
    const auto raised = alarms.review(facts, kNoon + 2min);
    REQUIRE(raised.size() == 1);
    CHECK(raised[0].message ==
          "For 2 minutes, since 2026-11-21 12:00 UTC, the provider's answers have contradicted "
          "good copies; 3 of them go on answering");
    facts.contradiction.reset();
    CHECK(said(alarms.review(facts, kNoon + 3min)) == "-warning");
  }

  TEST_CASE("prices are told endpoint by endpoint") {
    Alarms alarms({});
    AlarmFacts facts = calm(kNoon);
    facts.mispriced = {{"v1.map", -2}, {"v2.quotes", 7}};
    CHECK(alarms.review(facts, kNoon).size() == 2);
    facts.mispriced.erase("v1.map");
    const auto over = alarms.review(facts, kNoon + 1s);
    REQUIRE(over.size() == 1);
    CHECK(over[0].subject == "v1.map");
    CHECK(over[0].is_recovery);
  }

  TEST_CASE("a forecast is raised when it lasts and leaves a good part of the window dry") {
    struct Row {
      const char* name;
      std::int64_t spent;
      hours before_end;  // that credits run out
      minutes lasted;
      bool is_raised;
    };
    const Row rows[] = {
        {"not at all", 5'000, 0h, 10min, false},
        {"just before the end", 5'000, 14h, 10min, false},
        {"days before", 5'000, 48h, 10min, true},
        {"not for long enough", 5'000, 48h, 4min, false},
        {"all is spent already", 15'000, 240h, 10min, false},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      Alarms alarms({});
      AlarmFacts facts = month_at(row.spent, kNoon);
      const TimePoint end = facts.uses[kMonth].window.end;
      if (row.before_end > 0h) facts.forecasts[kMonth].exhausted_at = end - row.before_end;
      facts.forecasts[kMonth].spent_at_end = 18'000;
      (void)alarms.review(facts, kNoon);
      const auto due = alarms.review(facts, kNoon + row.lasted);
      const auto is_forecast = [](const Alert& alert) { return alert.kind == AlertKind::Forecast; };
      REQUIRE(std::ranges::count_if(due, is_forecast) == (row.is_raised ? 1 : 0));
      if (!row.is_raised) continue;
      CHECK(due[0].level == AlertLevel::Warning);
      CHECK(due[0].value == doctest::Approx(1.2));
      CHECK(due[0].message ==
            "At this pace this month's 15,000 credits are spent on 2026-11-29 00:00 UTC; resets "
            "2026-12-01 00:00 UTC");
    }
  }

  TEST_CASE("a forecast that wavers is said once in its window") {
    Alarms alarms(instant());
    AlarmFacts dry = month_at(5'000, kNoon);
    dry.forecasts[kMonth].exhausted_at = kNoon + 48h;
    AlarmFacts closer = dry;
    closer.forecasts[kMonth].exhausted_at = dry.uses[kMonth].window.end - 1h;
    CHECK(said(alarms.review(dry, kNoon)) == "+warning");
    CHECK(said(alarms.review(closer, kNoon + 1s)).empty());
    CHECK(said(alarms.review(dry, kNoon + 2s)).empty());
    CHECK(said(alarms.review(month_at(5'000, kNoon), kNoon + 3s)) == "-warning");
    CHECK(said(alarms.review(dry, kNoon + 4s)).empty());
  }

  TEST_CASE("bounds can be set") {
    Alarms::Options options;
    options.warning = 0.5;
    options.critical = 0.6;
    Alarms alarms(options);
    CHECK(said(alarms.review(month_at(7'500, kNoon), kNoon)) == "+warning");
    CHECK(said(alarms.review(month_at(9'000, kNoon), kNoon)) == "+critical");
  }
}
