// What a governor tells people of, once each, until it is over.
#include <doctest/doctest.h>

#include "answered.hpp"
#include "credit/governor.hpp"
#include "governor_bed.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::alert;
using namespace quotecached::credit;
using namespace quotecached::ledger;
using namespace quotecached::pacing;
using quotecached::test::answered;
using test::charged;
using test::GovernorBed;

TEST_SUITE("credit::Governor") {
  TEST_CASE("thresholds are told once each, and their end at the turn of the month") {
    GovernorBed bed;
    bed.spend(12'000);
    bed.spend(12'100);
    bed.spend(13'500);
    REQUIRE(bed.about(AlertKind::Window).size() == 2);
    CHECK(bed.about(AlertKind::Window)[0].level == AlertLevel::Warning);
    CHECK(bed.about(AlertKind::Window)[1].level == AlertLevel::Critical);
    bed.clock.time = month_of(bed.clock.time).end;
    bed.governor.review();
    REQUIRE(bed.about(AlertKind::Window).size() == 3);
    CHECK(bed.about(AlertKind::Window)[2].is_recovery);
    CHECK(bed.policy.mode() == SpendMode::Normal);
  }

  TEST_CASE("a pace that was watched for less than an hour is no matter for an alert") {
    GovernorBed bed;
    const auto burn = [&bed](int minutes) {
      for (int i = 0; i < minutes; ++i) {
        bed.call(charged(40));
        bed.pass(1min);
      }
    };
    burn(50);
    const auto early = bed.governor.view();
    CHECK(early->evidence.hours < 1);
    CHECK(early->evidence.charges == 50);
    CHECK(bed.about(AlertKind::Forecast).empty());
    burn(30);
    CHECK(bed.governor.view()->evidence.hours > 1);
    CHECK(bed.about(AlertKind::Forecast).size() == 1);
  }

  TEST_CASE("a gap to the provider's count is told with its size") {
    GovernorBed bed;
    bed.spend(1'000);
    const auto drifts = bed.about(AlertKind::Drift);
    REQUIRE(drifts.size() == 1);
    CHECK(drifts[0].value == 1'000);
    CHECK(drifts[0].subject == "month");
  }

  TEST_CASE("a refused key is told at once, and over when a call is answered again") {
    GovernorBed bed;
    bed.call(answered(401, 1001));
    REQUIRE(bed.about(AlertKind::Key).size() == 1);
    CHECK(bed.about(AlertKind::Key)[0].value == 1001);
    CHECK(bed.governor.view()->level == AlertLevel::Critical);
    bed.pass(kKeyRest + 1s);  // it may be tried again, and has not been
    CHECK(bed.about(AlertKind::Key).size() == 1);
    bed.call(charged(1));
    REQUIRE(bed.about(AlertKind::Key).size() == 2);
    CHECK(bed.about(AlertKind::Key)[1].is_recovery);
  }

  TEST_CASE("a month that the provider declares spent is spent") {
    GovernorBed bed;
    bed.call(answered(429, 1010));
    CHECK(bed.policy.mode() == SpendMode::CacheOnly);
    CHECK(bed.governor.view()->level == AlertLevel::Critical);
    CHECK(bed.about(AlertKind::Window).size() == 2);
    bed.clock.time = month_of(bed.clock.time).end;
    bed.governor.review();
    CHECK(bed.policy.mode() == SpendMode::Normal);
    CHECK(bed.about(AlertKind::Window).size() == 3);
  }

  TEST_CASE("a provider that does not answer is told after a while") {
    GovernorBed bed;
    bed.outage = Outage{bed.clock.time, bed.clock.time + 4min};
    bed.pass(5min);
    CHECK(bed.about(AlertKind::Unreachable).empty());
    bed.outage->last = bed.clock.time;
    bed.pass(1s);
    CHECK(bed.about(AlertKind::Unreachable).size() == 1);
    bed.outage.reset();
    bed.pass(1s);
    CHECK(bed.about(AlertKind::Unreachable).size() == 2);
  }

  TEST_CASE("without a database the ledger cannot be written, and that is told") {
    GovernorBed bed;
    bed.call(charged(1));
    CHECK(bed.about(AlertKind::Ledger).size() == 1);
  }
}
