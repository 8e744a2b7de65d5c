#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "refill/renewals.hpp"
#include "renewals_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;
using namespace quotecached::test;

using Names = std::vector<std::string>;

TEST_SUITE("refill::Renewals: riders") {
  TEST_CASE("those that have caused most age ride first") {
    RenewalsBed bed;
    bed.ask("popular", 20s);
    bed.hit("popular", 99, kAsked);
    bed.ask("old", 1000s);
    bed.ask("both", 500s);
    bed.hit("both", 9, kAsked);
    CHECK(bed.riding() == Names{"both", "old", "popular"});
    CHECK(bed.riding(kAsked, 2) == Names{"both", "old"});
    CHECK(bed.riding(kAsked, 0).empty());
    // Age counts by its square, so that the order changes with time.
    CHECK(bed.riding(kAsked + 30min) == Names{"popular", "both", "old"});
  }

  TEST_CASE("whoever asks right now gets what the call brings: that counts besides") {
    RenewalsBed bed;
    bed.ask("popular", 0s, kAsked - 1h);
    bed.hit("popular", 99, kAsked - 1h);
    bed.renewals.note_filed(bed.key("popular"), copy_of(kAsked - 100s));
    bed.ask("asked", 100s);
    CHECK(bed.riding() == Names{"asked", "popular"});
    CHECK(bed.riding(kAsked + 1s) == Names{"asked", "popular"});
    CHECK(bed.riding(kAsked + 2s) == Names{"popular", "asked"});
  }

  TEST_CASE("carry their keys, one per convert") {
    RenewalsBed bed;
    bed.lane = quotes_in("USD,EUR");
    bed.ask("1", 100s, kAsked, 0);
    bed.ask("2", 100s, kAsked, 0);
    bed.ask("2", 100s, kAsked, 1);
    const auto riders =
        bed.renewals.riders(bed.lane, 9, [](std::string_view) { return false; }, kAsked);
    REQUIRE(riders.size() == 2);
    CHECK(riders[0].asset == "2");  // by what both are worth
    CHECK(riders[0].keys == Names{bed.key("2", 0), bed.key("2", 1)});
    CHECK(riders[1].asset == "1");
    CHECK(riders[1].keys == Names{bed.key("1", 0), bed.key("1", 1)});
  }

  TEST_CASE("what is asked for in one convert does not ride in a call for another") {
    RenewalsBed bed;
    bed.ask("1", 100s);
    bed.lane = quotes_in("EUR");
    CHECK(bed.riding().empty());
  }

  TEST_CASE("never with nothing to gain") {
    RenewalsBed bed;
    bed.ask("1", 0s);
    CHECK(bed.riding().empty());
    CHECK(bed.riding(kAsked - 1h).empty());   // a clock that stepped back
    CHECK(bed.riding(kAsked + 14s).empty());  // nearly new: fresh for a minute
    CHECK(bed.riding(kAsked + 15s) == Names{"1"});
    auto absent = copy_of(kAsked);
    absent.is_negative = true;
    bed.renewals.note_filed(bed.key("1"), absent);
    CHECK(bed.riding(kAsked + 1h).empty());
    bed.renewals.note_filed(bed.key("1"), copy_of(kAsked + 1s));  // it is there after all
    CHECK(bed.riding(kAsked + 1h) == Names{"1"});
  }

  TEST_CASE("never what nobody asked for within two days") {
    RenewalsBed bed;
    bed.ask("1", 100s);
    bed.ask("2", 100s);
    bed.hit("2", 1, kAsked + 1h);
    bed.ask("3", 0s, kAsked + 48h);  // clients are there
    CHECK(bed.riding(kAsked + 48h) == Names{"2", "1"});
    CHECK(bed.riding(kAsked + 48h + 1s) == Names{"2"});
    CHECK(bed.riding(kAsked + 49h + 1s) == Names{"3"});
  }

  TEST_CASE("what memory has let go does not ride until there is a copy again") {
    RenewalsBed bed;
    bed.ask("1", 100s);
    bed.ask("2", 50s);
    bed.renewals.note_lost(bed.key("1"));
    bed.renewals.note_lost(bed.key("unknown"));
    CHECK(bed.riding() == Names{"2"});
    bed.ask("1", 100s);
    CHECK(bed.riding() == Names{"1", "2"});
  }

  TEST_CASE("a call looks at so many that cannot ride and no more; then it goes without") {
    RenewalsBed bed;
    for (int id = 1; id <= 2000; ++id) bed.ask(std::to_string(id), 100s + id * 1s);
    std::size_t looked_at = 0;
    const auto is_busy = [&](std::string_view) { return ++looked_at <= 100; };
    CHECK(bed.renewals.riders(bed.lane, 99, is_busy, kAsked).size() == 99);
    CHECK(looked_at == 199);
    const auto are_all_busy = [&](std::string_view) { return ++looked_at > 0; };
    looked_at = 0;
    CHECK(bed.renewals.riders(bed.lane, 99, are_all_busy, kAsked).empty());
    CHECK(looked_at == 500);
  }

  TEST_CASE("never what is busy in any of its keys; the next takes its place") {
    RenewalsBed bed;
    bed.lane = quotes_in("USD,EUR");
    for (const std::size_t convert : {0U, 1U}) {
      bed.ask("1", 300s, kAsked, convert);
      bed.ask("2", 200s, kAsked, convert);
      bed.ask("3", 100s, kAsked, convert);
    }
    CHECK(bed.riding(kAsked, 2) == Names{"1", "2"});
    CHECK(bed.riding(kAsked, 2, {bed.key("1", 1)}) == Names{"2", "3"});
  }

  TEST_CASE("no further than an answer may grow") {
    RenewalsBed bed({.most_riding = Bytes{1000}});
    bed.ask("1", 300s, kAsked, 0, 400);
    bed.ask("2", 200s, kAsked, 0, 600);
    bed.ask("3", 100s, kAsked, 0, 1);
    CHECK(bed.riding() == Names{"1", "2"});
    bed.renewals.note_filed(bed.key("2"), copy_of(kAsked - 200s, 601));
    CHECK(bed.riding() == Names{"1"});
  }

  TEST_CASE("both converts of an asset make an answer grow") {
    RenewalsBed bed({.most_riding = Bytes{1000}});
    bed.lane = quotes_in("USD,EUR");
    for (const auto* id : {"1", "2"}) {
      for (const std::size_t convert : {0U, 1U}) bed.ask(id, 100s, kAsked, convert, 300);
    }
    CHECK(bed.riding().size() == 1);
  }

  TEST_CASE("none for ten minutes after a call with some was refused") {
    RenewalsBed bed;
    bed.ask("1", 100s);
    const auto dollars = bed.lane;
    bed.lane = quotes_in("EUR");
    bed.ask("1", 100s);
    bed.renewals.rest(dollars, kAsked);
    CHECK(bed.riding() == Names{"1"});
    bed.lane = quotes_in("USD,EUR");
    CHECK(bed.riding().empty());
    bed.lane = dollars;
    CHECK(bed.riding(kAsked + 10min - 1ms).empty());
    CHECK(bed.riding(kAsked + 10min) == Names{"1"});
  }

  TEST_CASE("none after a call with some has failed, until one went well") {
    RenewalsBed bed;
    bed.ask("1", 100s);
    auto now = kAsked;
    const auto fails_with_riders = [&] {
      bed.renewals.note_failed_with_riders(bed.lane);
      CHECK(bed.riding(now).empty());
      CHECK_FALSE(bed.renewals.may_ride(bed.lane, now));
      bed.renewals.note_went_well(bed.lane, false, now);
    };
    fails_with_riders();
    CHECK(bed.riding(now) == Names{"1"});
    // Again and again: they make it fail.
    fails_with_riders();
    CHECK(bed.riding(now + 10min - 1ms).empty());
    now += 10min;
    CHECK(bed.riding(now) == Names{"1"});
    fails_with_riders();
    now += 10min;
    // That goes well with them, so that it was not for them.
    bed.renewals.note_went_well(bed.lane, true, now);
    fails_with_riders();
    CHECK(bed.riding(now) == Names{"1"});
  }

  TEST_CASE("a clock that was set back ends that rest") {
    RenewalsBed bed;
    bed.ask("1", 100s);
    bed.renewals.rest(bed.lane, kAsked + 24h);
    CHECK(bed.riding(kAsked) == Names{"1"});
    bed.renewals.rest(bed.lane, kAsked);
    CHECK(bed.riding(kAsked - 1s).empty());
  }

  TEST_CASE("none where a name may be billed as several coins, and none beside a whole answer") {
    for (const std::string target : {"/v2/cryptocurrency/quotes/latest?symbol=A",
                                     "/v1/cryptocurrency/listings/latest?limit=10"}) {
      CAPTURE(target);
      RenewalsBed bed;
      bed.lane = lane_of(target);
      bed.ask("A", 100s);
      CHECK_FALSE(has_room_for_riders(*bed.lane));
      CHECK(bed.riding().empty());
    }
    CHECK(has_room_for_riders(*quotes_in("USD")));
    CHECK(has_room_for_riders(*lane_of("/v2/cryptocurrency/quotes/latest?slug=a")));
  }

  TEST_CASE("a burst is followed while it lasts") {
    RenewalsBed bed;
    const Names steady{"a", "b", "c", "d", "e", "f"};
    auto now = kAsked;
    const auto ask_all = [&] {
      for (const auto& asset : steady) bed.ask(asset, 60s, now);
      bed.ask("seldom", 60s, now);
    };
    for (; now < kAsked + 72h; now += 100s) {
      for (const auto& asset : steady) bed.ask(asset, 60s, now);
      if ((now - kAsked) % 1h == 0s) bed.ask("seldom", 60s, now);
    }
    ask_all();
    CHECK(bed.riding(now).back() == "seldom");
    bed.hit("seldom", 60, now);
    CHECK(bed.riding(now).front() == "seldom");
    now += 2h;
    ask_all();
    CHECK(bed.riding(now).back() == "seldom");
  }

  TEST_CASE("of ten thousand the best are chosen, in order") {
    RenewalsBed bed;
    std::vector<int> ages(10'000);
    std::iota(ages.begin(), ages.end(), 1);
    for (const int age : ages) {
      // In no order: 7919 and 10,000 share no factor.
      const int id = age * 7919 % 10'000;
      bed.ask(std::to_string(id + 1), std::chrono::seconds(age));
    }
    REQUIRE(bed.renewals.size() == 10'000);
    const auto names = bed.riding(kAsked, 100);
    REQUIRE(names.size() == 100);
    for (int place = 0; place < 100; ++place)
      CHECK(names[static_cast<std::size_t>(place)] ==
            std::to_string((10'000 - place) * 7919 % 10'000 + 1));
  }
}
