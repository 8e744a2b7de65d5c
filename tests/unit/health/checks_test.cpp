#include "health/checks.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "health/thresholds.hpp"

using namespace quotecached;
using namespace quotecached::health;
using namespace std::chrono_literals;

namespace {

const TimePoint kNow{std::chrono::sys_days{std::chrono::year{2027} / 1 / 15}};

// All is well.
Facts good_facts() {
  Facts facts;
  facts.now = kNow;
  facts.upstream.recent = {.calls = 4,
                           .failed = 0,
                           .failed_in_row = 0,
                           .median = 80ms,
                           .slowest = 120ms,
                           .since_last = 1s};
  for (const auto* name : {"memory", "redis"}) {
    facts.tiers.push_back({.name = name,
                           .is_vital = std::string(name) == "memory",
                           .is_up = true,
                           .error = {},
                           .trial = Trial{kNow - 5s, 5s, 2ms, {}}});
  }
  facts.has_credits = true;
  facts.windows = {{.name = "day", .used = 0.5, .passed = 0.5, .is_closed = false}};
  facts.disk = DiskFacts{kNow - 5s, 5s, mebibytes(4096), {}};
  facts.runway = RunwayFacts{
      .copies = 100, .half = 20h, .last = 24h, .from_future = 0ms, .has_lower_copies = true};
  return facts;
}

const Check& check(const std::vector<Check>& checks, const std::string& name) {
  const auto found = std::ranges::find(checks, name, &Check::name);
  REQUIRE(found != checks.end());
  return *found;
}

// What is changed of good facts, the check that is about it, and what it says.
struct Row {
  const char* name;
  std::function<void(Facts&)> change;
  const char* check;
  Status status;
};

void outage(Facts& facts) { facts.upstream.is_stopped = true; }

const std::vector<Row> kRows{
    {"all well", [](Facts&) {}, "upstream", Status::Pass},
    {"last call failed", [](Facts& f) { f.upstream.error = "lost"; }, "upstream", Status::Warn},
    {"two failed in a row",
     [](Facts& f) { f.upstream.recent.failed_in_row = kFailedInRow - 1; },
     "upstream",
     Status::Pass},
    {"three failed in a row",
     [](Facts& f) { f.upstream.recent.failed_in_row = kFailedInRow; },
     "upstream",
     Status::Fail},
    {"breaker open", outage, "upstream", Status::Fail},
    {"key refused", [](Facts& f) { f.upstream.is_key_refused = true; }, "upstream", Status::Fail},

    {"no answer yet",
     [](Facts& f) { f.upstream.recent = {}; },
     "upstream:responseTime",
     Status::Pass},
    {"2 s",
     [](Facts& f) { f.upstream.recent.median = 2000ms; },
     "upstream:responseTime",
     Status::Pass},
    {"past 2 s",
     [](Facts& f) { f.upstream.recent.median = 2001ms; },
     "upstream:responseTime",
     Status::Warn},
    {"5 s",
     [](Facts& f) { f.upstream.recent.median = 5000ms; },
     "upstream:responseTime",
     Status::Warn},
    {"past 5 s",
     [](Facts& f) { f.upstream.recent.median = 5001ms; },
     "upstream:responseTime",
     Status::Fail},

    {"85 % used", [](Facts& f) { f.windows[0].used = 0.85; }, "credits:day", Status::Pass},
    {"past 85 %", [](Facts& f) { f.windows[0].used = 0.851; }, "credits:day", Status::Warn},
    {"95 %", [](Facts& f) { f.windows[0].used = 0.95; }, "credits:day", Status::Warn},
    {"past 95 %, ahead", [](Facts& f) { f.windows[0].used = 0.951; }, "credits:day", Status::Fail},
    {"past 95 %, in time",
     [](Facts& f) {
       f.windows[0].used = 0.96;
       f.windows[0].passed = 0.96;
     },
     "credits:day",
     Status::Warn},
    {"closed", [](Facts& f) { f.windows[0].is_closed = true; }, "credits:day", Status::Fail},
    {"no cap", [](Facts& f) { f.windows.clear(); }, "credits", Status::Pass},

    {"tier down", [](Facts& f) { f.tiers[1].is_up = false; }, "redis:responseTime", Status::Warn},
    {"trial failed",
     [](Facts& f) { f.tiers[1].trial->error = "OOM"; },
     "redis:responseTime",
     Status::Warn},
    {"trial not ended yet",
     [](Facts& f) { f.tiers[1].trial->ago = kTrialIsOld; },
     "redis:responseTime",
     Status::Pass},
    {"trial does not end",
     [](Facts& f) { f.tiers[1].trial->ago = kTrialIsOld + 1ms; },
     "redis:responseTime",
     Status::Warn},
    {"not tried yet",
     [](Facts& f) { f.tiers[1].trial.reset(); },
     "redis:responseTime",
     Status::Pass},
    {"memory fails",
     [](Facts& f) { f.tiers[0].trial->error = "gone"; },
     "memory:responseTime",
     Status::Fail},

    {"ledger fails", [](Facts& f) { f.ledger.error = "disk full"; }, "ledger", Status::Fail},
    {"ledger fails, calls go on",
     [](Facts& f) {
       f.ledger.error = "disk full";
       f.ledger.stops_calls = false;
     },
     "ledger",
     Status::Warn},
    {"ledger made anew", [](Facts& f) { f.ledger.renewed_for = "gone"; }, "ledger", Status::Pass},

    {"room", [](Facts& f) { f.disk->free = kLittleRoom; }, "disk:free", Status::Pass},
    {"little room",
     [](Facts& f) { f.disk->free.count = kLittleRoom.count - 1; },
     "disk:free",
     Status::Warn},
    {"still some", [](Facts& f) { f.disk->free = kNoRoom; }, "disk:free", Status::Warn},
    {"no room",
     [](Facts& f) { f.disk->free.count = kNoRoom.count - 1; },
     "disk:free",
     Status::Fail},
    {"disk is silent",
     [](Facts& f) { f.disk = DiskFacts{kNow, {}, {}, "time out"}; },
     "disk:free",
     Status::Warn},
    {"disk looked at long ago",
     [](Facts& f) { f.disk->ago = kTrialIsOld + 1ms; },
     "disk:free",
     Status::Warn},
    {"disk not looked at", [](Facts& f) { f.disk.reset(); }, "disk:free", Status::Pass},

    {"jumped", [](Facts& f) { f.jump = ClockWatch::Jump{-3s, 10s}; }, "clock", Status::Warn},
    {"copy a little ahead",
     [](Facts& f) { f.runway->from_future = kClockTolerance; },
     "clock",
     Status::Pass},
    {"copy from the future",
     [](Facts& f) { f.runway->from_future = kClockTolerance + 1ms; },
     "clock",
     Status::Warn},

    {"short, not needed", [](Facts& f) { f.runway->half = 1s; }, "copies:runway", Status::Pass},
    {"an hour left",
     [](Facts& f) {
       outage(f);
       f.runway->half = kShortRunway;
     },
     "copies:runway",
     Status::Pass},
    {"less",
     [](Facts& f) {
       outage(f);
       f.runway->half = kShortRunway - 1ms;
     },
     "copies:runway",
     Status::Warn},
    {"none in memory",
     [](Facts& f) {
       outage(f);
       f.runway->copies = 0;
       f.runway->half = 0ms;
     },
     "copies:runway",
     Status::Warn},
    {"none at all",
     [](Facts& f) {
       outage(f);
       f.runway = RunwayFacts{};
     },
     "copies:runway",
     Status::Fail},
};

}  // namespace

TEST_SUITE("health::checks") {
  TEST_CASE("each check turns at its threshold, and the worst is the status of all") {
    for (const Row& row : kRows) {
      CAPTURE(row.name);
      auto facts = good_facts();
      row.change(facts);
      const auto checks = checks_of(facts);
      const auto& seen = check(checks, row.check);
      CAPTURE(seen.detail);
      CHECK(seen.status == row.status);
      CHECK(!seen.detail.empty());
      CHECK(status_of(checks) >= row.status);
      // What is bad about one part is not told of another, but of copies while upstream fails.
      for (const auto& other : checks)
        if (other.name != row.check && other.name != "upstream")
          CHECK(other.status == Status::Pass);
    }
  }

  TEST_CASE("a refused key is told once, and no sentence ends within another") {
    auto facts = good_facts();
    facts.upstream.error = "The provider refuses the proxy's API key (1001).";
    facts.upstream.is_key_refused = true;
    CHECK(check(checks_of(facts), "upstream").detail.starts_with("the provider refuses the key; "));
    CHECK(check(checks_of(facts), "upstream").detail.find("1001") == std::string::npos);
    facts.upstream.is_key_refused = false;
    CHECK(check(checks_of(facts), "upstream").detail.find("(1001); ") != std::string::npos);
  }

  TEST_CASE("a clock that jumped on and back tells that it may be right") {
    auto facts = good_facts();
    facts.jump = ClockWatch::Jump{.by = 3s, .ago = 10s, .in_all = 3s};
    CHECK(check(checks_of(facts), "clock").detail == "it jumped by 3000 ms, 10 s ago");
    facts.jump = ClockWatch::Jump{.by = -3s, .ago = 10s, .times = 2};
    CHECK(check(checks_of(facts), "clock").detail ==
          "it jumped 2 times, by 0 ms in all; the last time by -3000 ms, 10 s ago");
  }

  TEST_CASE("an engine that looks at nothing is late, then hangs") {
    CHECK(engine_check(kEngineLate).status == Status::Pass);
    CHECK(engine_check(kEngineLate + 1ms).status == Status::Warn);
    CHECK(engine_check(kEngineHangs).status == Status::Warn);
    CHECK(engine_check(kEngineHangs + 1ms).status == Status::Fail);
  }

  TEST_CASE("requests can be served while there is upstream or a copy, or upstream may be tried") {
    auto facts = good_facts();
    CHECK(can_serve(facts));
    facts.upstream.is_stopped = true;
    CHECK(can_serve(facts));  // from copies
    facts.runway->copies = 0;
    CHECK(can_serve(facts));  // of lower tiers
    facts.runway->has_lower_copies = false;
    CHECK_FALSE(can_serve(facts));
    facts.upstream.recent.since_last = 30s;
    CHECK_FALSE(can_serve(facts));
    facts.upstream.recent.since_last = 30s + 1ms;
    CHECK(can_serve(facts));
    facts.upstream.recent.since_last = 1s;
    facts.upstream.is_stopped = false;
    CHECK(can_serve(facts));
  }
}
