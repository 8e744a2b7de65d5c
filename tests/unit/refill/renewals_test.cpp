#include "refill/renewals.hpp"

#include <doctest/doctest.h>

#include "renewals_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;
using namespace quotecached::test;
using pacing::Age;

TEST_SUITE("refill::Renewals: debt") {
  TEST_CASE("a lane owes the age that its clients were served since its last call") {
    RenewalsBed bed;
    CHECK(bed.debt() == 0);
    bed.ask("1", 100s);
    bed.ask("2", 30s);
    CHECK(bed.debt() == doctest::Approx(130));
    bed.hit("1", 3, kAsked + 10s);
    CHECK(bed.debt(kAsked + 10s) == doctest::Approx(130 + 3 * 110));
    bed.renewals.note_called(bed.lane, kAsked + 10s);
    CHECK(bed.debt(kAsked + 10s) == 0);
    bed.hit("1", 1, kAsked + 20s);
    CHECK(bed.debt(kAsked + 20s) == doctest::Approx(120));
  }

  TEST_CASE("what a new copy is asked for owes less") {
    RenewalsBed bed;
    bed.ask("1", 100s);
    bed.renewals.note_filed(bed.key("1"), copy_of(kAsked));
    bed.hit("1", 1, kAsked + 5s);
    CHECK(bed.debt(kAsked + 5s) == doctest::Approx(105));
    // An older copy, of a lower tier, changes nothing.
    bed.renewals.note_filed(bed.key("1"), copy_of(kAsked - 1h));
    bed.hit("1", 1, kAsked + 5s);
    CHECK(bed.debt(kAsked + 5s) == doctest::Approx(110));
  }

  TEST_CASE("what clients of each endpoint were served is added up, and never less") {
    RenewalsBed bed;
    const auto& quotes = bed.lane->endpoint();
    const auto maps = lane_of("/v1/cryptocurrency/map");
    bed.ask("1", 100s);
    CHECK(bed.renewals.served().empty());  // it is not answered yet
    bed.renewals.note_served(quotes, copy_of(kAsked - 100s), kAsked);
    bed.hit("1", 2.5, kAsked + 20s);
    bed.renewals.note_served(maps->endpoint(), copy_of(kAsked + 1h), kAsked);  // the clock stepped
    REQUIRE(bed.renewals.served().size() == 2);
    CHECK(bed.renewals.served().at(&quotes).asks == doctest::Approx(3.5));
    CHECK(bed.renewals.served().at(&quotes).age.count() == doctest::Approx(100 + 2.5 * 120));
    CHECK(bed.renewals.served().at(&maps->endpoint()).asks == 1);
    CHECK(bed.renewals.served().at(&maps->endpoint()).age.count() == 0);
  }

  TEST_CASE("hits on keys that nobody is known to ask for are passed over") {
    RenewalsBed bed;
    bed.hit("1", 5, kAsked);
    CHECK(bed.debt() == 0);
    CHECK(bed.renewals.size() == 0);
    CHECK(bed.renewals.take_asks() == 0);
  }

  TEST_CASE("each convert owes for itself, and lanes that hold it owe it together") {
    RenewalsBed bed;
    bed.lane = quotes_in("USD,EUR");
    bed.ask("1", 100s, kAsked, 0);
    bed.ask("1", 40s, kAsked, 1);
    CHECK(bed.debt() == doctest::Approx(140));
    const auto dollars = quotes_in("USD");
    const auto euros = quotes_in("EUR");
    CHECK(bed.renewals.debt(dollars, kAsked).count() == doctest::Approx(100));
    CHECK(bed.renewals.debt(euros, kAsked).count() == doctest::Approx(40));
    bed.renewals.note_called(dollars, kAsked);
    CHECK(bed.debt() == doctest::Approx(40));
    bed.renewals.note_called(bed.lane, kAsked);
    CHECK(bed.renewals.debt(euros, kAsked).count() == 0);
  }

  TEST_CASE("a whole answer is a lane with one key") {
    RenewalsBed bed;
    bed.lane = lane_of("/v1/cryptocurrency/listings/latest?limit=10");
    bed.ask("", 60s);
    CHECK(bed.debt() == doctest::Approx(60));
    CHECK(bed.renewals.debt(lane_of("/v1/cryptocurrency/listings/latest?limit=20"), kAsked) ==
          Age(0));
  }

  TEST_CASE("a clock that stepped back owes nothing, and takes nothing off") {
    RenewalsBed bed;
    bed.ask("1", 100s);
    bed.hit("1", 7, kAsked - 1h);
    CHECK(bed.debt(kAsked - 1h) == doctest::Approx(100));
  }

  TEST_CASE("after a clock was set back copies that come count, though others seemed younger") {
    RenewalsBed bed;
    bed.ask("1", 0s, kAsked + 24h);  // the clock is a day ahead
    bed.ask("1", -24h, kAsked);      // it was set right: that copy is still there
    CHECK(bed.debt() == 0);
    bed.renewals.note_filed(bed.key("1"), copy_of(kAsked + 1s));
    bed.hit("1", 10, kAsked + 61s);
    CHECK(bed.debt(kAsked + 61s) == doctest::Approx(600));
    CHECK(bed.riding(kAsked + 61s) == std::vector<std::string>{"1"});
  }

  TEST_CASE("of a copy that seems to come from the future ages count from when that was seen") {
    RenewalsBed bed;
    bed.ask("1", -24h);
    bed.hit("1", 10, kAsked + 60s);
    CHECK(bed.debt(kAsked + 60s) == doctest::Approx(600));
  }
}

TEST_SUITE("refill::Renewals: price") {
  TEST_CASE("a call is worth its price once that is owed, and is paid for once") {
    RenewalsBed bed;
    bed.ask("1", 100s);
    CHECK_FALSE(bed.is_worth(110));
    CHECK(bed.debt() == doctest::Approx(100));
    CHECK(bed.is_worth(100));
    CHECK(bed.debt() == 0);
    CHECK_FALSE(bed.is_worth(1));
    CHECK(bed.is_worth(0));  // credits are ample
  }

  TEST_CASE("calls of several lanes are worth the sum of what these owe") {
    RenewalsBed bed;
    bed.ask("1", 100s);
    const std::vector<LanePtr> both{bed.lane, quotes_in("EUR")};
    bed.lane = both[1];
    bed.ask("1", 50s);
    CHECK_FALSE(bed.renewals.is_worth(both, Age(170), kAsked));
    CHECK(bed.renewals.is_worth(both, Age(150), kAsked));
    for (const auto& lane : both) CHECK(bed.renewals.debt(lane, kAsked) == Age(0));
  }

  TEST_CASE("what was paid and brought nothing is owed again after a while") {
    RenewalsBed bed({.failure_throttle = 30s});
    bed.ask("1", 100s);
    REQUIRE(bed.is_worth(100));
    CHECK(bed.debt(kAsked + 30s - 1ms) == 0);
    CHECK(bed.debt(kAsked + 30s) == doctest::Approx(100));
    // The next that is paid for bears both.
    REQUIRE(bed.is_worth(100, kAsked + 30s));
    bed.hit("1", 1, kAsked + 40s);
    REQUIRE(bed.is_worth(140, kAsked + 40s));
    CHECK(bed.debt(kAsked + 69s) == 0);
    CHECK(bed.debt(kAsked + 70s) == doctest::Approx(240));
  }

  TEST_CASE("what brought a copy is paid for good") {
    RenewalsBed bed({.failure_throttle = 30s});
    bed.ask("1", 100s);
    bed.ask("2", 100s);
    REQUIRE(bed.is_worth(200));
    bed.renewals.note_filed(bed.key("2"), copy_of(kAsked));
    CHECK(bed.debt(kAsked + 1h) == 0);
  }

  TEST_CASE("neither \"no such asset\" nor what nobody asks for is such a copy") {
    RenewalsBed bed({.failure_throttle = 30s});
    bed.ask("1", 100s);
    REQUIRE(bed.is_worth(100));
    auto absent = copy_of(kAsked);
    absent.is_negative = true;
    bed.renewals.note_filed(bed.key("1"), absent);
    bed.renewals.note_filed(bed.key("2"), copy_of(kAsked));
    CHECK(bed.debt(kAsked + 30s) == doctest::Approx(100));
  }

  TEST_CASE("a clock that stepped back has what was paid owed again") {
    RenewalsBed bed;
    bed.ask("1", 100s);
    REQUIRE(bed.is_worth(100));
    CHECK(bed.debt(kAsked - 1s) == doctest::Approx(100));
  }
}

TEST_SUITE("refill::Renewals: lanes") {
  TEST_CASE("tells how the asks divide, the most asked lane first") {
    RenewalsBed bed;
    CHECK(bed.renewals.lanes(8, kAsked).empty());
    bed.ask("1", 1s);
    const auto dollars = bed.lane;
    bed.lane = quotes_in("EUR");
    bed.ask("1", 1s);
    bed.hit("1", 2, kAsked);
    const auto shares = bed.renewals.lanes(8, kAsked);
    REQUIRE(shares.size() == 2);
    CHECK(shares[0].lane->name() == bed.lane->name());
    CHECK(shares[0].share == doctest::Approx(0.75));
    CHECK(shares[1].lane->name() == dollars->name());
    CHECK(shares[1].share == doctest::Approx(0.25));
    CHECK(bed.renewals.lanes(1, kAsked).size() == 1);
  }

  TEST_CASE("counts asks, once") {
    RenewalsBed bed;
    bed.ask("1", 1s);
    bed.hit("1", 2.5, kAsked);
    CHECK(bed.renewals.take_asks() == doctest::Approx(3.5));
    CHECK(bed.renewals.take_asks() == 0);
  }
}

TEST_SUITE("refill::Renewals: room") {
  TEST_CASE("of more keys than there is room for, those asked for least are forgotten") {
    RenewalsBed bed({.most_keys = 100});
    for (int id = 1; id <= 60; ++id) {
      bed.ask(std::to_string(id), 100s);
      bed.hit(std::to_string(id), 10, kAsked);
    }
    for (int id = 1000; id < 1500; ++id) {
      bed.ask(std::to_string(id), 200s);
      CHECK(bed.renewals.size() <= 100);
    }
    CHECK(bed.renewals.size() >= 90);
    const auto names = bed.riding(kAsked, 1000);
    CHECK(names.size() == bed.renewals.size());
    for (int id = 1; id <= 60; ++id) CHECK(std::ranges::count(names, std::to_string(id)) == 1);
    // What is forgotten is learned anew.
    const auto forgotten = std::to_string(1000);
    CHECK(std::ranges::count(names, forgotten) == 0);
    for (int i = 0; i < 20; ++i) bed.ask(forgotten, 200s);
    CHECK(std::ranges::count(bed.riding(kAsked, 1000), forgotten) == 1);
  }

  TEST_CASE("a lane of which all is forgotten begins anew") {
    RenewalsBed bed({.most_keys = 20});
    const auto dollars = bed.lane;
    bed.ask("1", 100s);
    bed.lane = quotes_in("EUR");
    for (int id = 1; id <= 30; ++id) {
      for (int i = 0; i < 3; ++i) bed.ask(std::to_string(id), 100s);
    }
    CHECK(bed.renewals.lanes(8, kAsked).size() == 1);
    bed.lane = dollars;
    CHECK(bed.riding().empty());
    CHECK(bed.debt() == 0);
    for (int i = 0; i < 5; ++i) bed.ask("1", 100s);
    CHECK(bed.riding() == std::vector<std::string>{"1"});
    CHECK(bed.debt() == doctest::Approx(500));
  }

  TEST_CASE("lanes that are called for and brought nothing that is asked for do not add up") {
    RenewalsBed bed({.most_keys = 100});
    bed.ask("1", 100s);
    for (int limit = 1; limit <= 5000; ++limit) {
      const auto path = "/v1/cryptocurrency/listings/latest?limit=" + std::to_string(limit);
      bed.renewals.note_called(lane_of(path), kAsked);
    }
    CHECK(bed.renewals.lanes(10'000, kAsked).size() <= 200);
    CHECK(bed.debt() == doctest::Approx(100));
  }
}
