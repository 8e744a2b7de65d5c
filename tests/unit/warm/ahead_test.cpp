#include "warm/ahead.hpp"

#include <doctest/doctest.h>

#include "../refill/renewals_bed.hpp"

using namespace quotecached;
using namespace quotecached::test;
using namespace std::chrono_literals;

namespace {

using End = warm::Ahead::End;

// Assets of one lane that are asked for once a second, fresh for a minute.
struct Bed : RenewalsBed {
  // A new copy of each was fetched now.
  void fetch(TimePoint now, const std::vector<std::string>& assets = {"1", "2"}) {
    for (const auto& asset : assets) {
      auto copy = copy_of(now);
      copy.fresh_until = now + 60s;
      renewals.note_held(lane, asset, 0, key(asset), copy, now);
      renewals.note_filed(key(asset), copy);
    }
  }
  void ask_each_second(TimePoint from, TimePoint to, const std::string& asset) {
    for (auto now = from; now < to; now += 1s) hit(asset, 1, now);
  }
  warm::Ahead::Plan plan(TimePoint now, const std::vector<warm::Roster::Pick>& picks = {}) {
    const warm::Ahead::View view{
        policy, [](const auto& of, std::size_t assets) {
          const auto step = of->assets_per_call();
          return Credits{static_cast<std::int64_t>((assets + step - 1) / step)};
        }};
    return ahead.plan(renewals, picks, view, now);
  }

  warm::Ahead ahead{{}, kAsked - 1h};
  pacing::SpendPolicy policy;
};

}  // namespace

TEST_SUITE("warm::Ahead") {
  TEST_CASE("popular copies are renewed when they end, and none before") {
    Bed bed;
    bed.fetch(kAsked);
    bed.ask_each_second(kAsked, kAsked + 60s, "1");
    bed.ask_each_second(kAsked, kAsked + 60s, "2");
    CHECK(bed.plan(kAsked + 60s - 1ms).tasks.empty());
    const auto plan = bed.plan(kAsked + 60s);
    REQUIRE(plan.tasks.size() == 1);
    CHECK(plan.tasks[0].assets.size() == 2);
    CHECK(plan.tasks[0].price == Credits{1});
    CHECK(bed.plan(kAsked + 61s).tasks.empty());  // it is under way
  }

  TEST_CASE("what is renewed anyway is put down to no run, and goes before what is picked") {
    Bed bed;
    bed.fetch(kAsked);
    bed.ask_each_second(kAsked, kAsked + 60s, "2");
    const auto plan = bed.plan(kAsked + 60s, {{bed.lane, "1", "a", 7}, {bed.lane, "2", "a", 7}});
    REQUIRE(plan.tasks.size() == 1);
    const auto& assets = plan.tasks[0].assets;
    REQUIRE(assets.size() == 2);
    CHECK(assets[0].name == "2");
    CHECK(assets[0].run == 0);
    CHECK(assets[1].name == "1");
    CHECK(assets[1].run == 7);
  }

  TEST_CASE("they are renewed so much earlier as calls of the lane take") {
    Bed bed;
    bed.fetch(kAsked);
    bed.ahead.end(*bed.lane, End::Renewed, 1150ms, kAsked);
    bed.ask_each_second(kAsked, kAsked + 60s, "1");
    const auto early = 1150ms - 150ms;  // but for a 400th of a minute
    CHECK(bed.ahead.lead(*bed.lane, false) == early);
    CHECK(bed.plan(kAsked + 60s - early - 1ms).tasks.empty());
    CHECK(bed.plan(kAsked + 60s - early).tasks.size() == 1);
    // After the turn of the provider's data a call is hardly ever early.
    CHECK(bed.ahead.lead(*bed.lane, true) == 500ms);
    Bed quick;
    quick.ahead.end(*quick.lane, End::Renewed, 120ms, kAsked);
    CHECK(quick.ahead.lead(*quick.lane, false) == 0ms);
    CHECK(quick.ahead.lead(*quick.lane, true) == 120ms);
  }

  TEST_CASE("what is asked for less than five times in its time is left to its clients") {
    for (const int asks : {4, 6}) {
      CAPTURE(asks);
      Bed bed;
      bed.fetch(kAsked);
      for (int i = 0; i < asks; ++i) bed.hit("1", 1, kAsked + i * 60s / asks);
      CHECK(bed.plan(kAsked + 60s).tasks.size() == (asks < 5 ? 0 : 1));
    }
  }

  TEST_CASE("what was popular and is not asked for any more is renewed once at most") {
    Bed bed;
    bed.fetch(kAsked);
    bed.ask_each_second(kAsked, kAsked + 60s, "1");
    REQUIRE(bed.plan(kAsked + 60s).tasks.size() == 1);
    bed.fetch(kAsked + 61s);
    bed.ahead.end(*bed.lane, End::Renewed, 100ms, kAsked + 61s);
    CHECK(bed.plan(kAsked + 121s).tasks.empty());
  }

  TEST_CASE("a lane is called for once it owes the price") {
    Bed bed;
    bed.fetch(kAsked);
    bed.ask_each_second(kAsked, kAsked + 60s, "1");
    const auto owed = bed.renewals.debt(bed.lane, kAsked + 60s);
    REQUIRE(owed.count() == doctest::Approx(59 * 60 / 2));
    bed.policy = pacing::policy_of(pacing::SpendMode::Economise, owed + pacing::Age(1));
    CHECK(bed.plan(kAsked + 60s).tasks.empty());
    bed.policy.price = owed;
    CHECK(bed.plan(kAsked + 60s).tasks.size() == 1);
  }

  TEST_CASE("nothing is renewed ahead where the mode forbids it") {
    for (const auto mode : {pacing::SpendMode::ForegroundOnly, pacing::SpendMode::CacheOnly}) {
      Bed bed;
      bed.fetch(kAsked);
      bed.ask_each_second(kAsked, kAsked + 60s, "1");
      bed.policy = pacing::policy_of(mode);
      CHECK(bed.plan(kAsked + 60s).tasks.empty());
    }
  }

  TEST_CASE("after the start and an outage it begins gently") {
    Bed bed;
    bed.ahead.note_outage(kAsked);
    const auto other = quotes_in("EUR");
    const std::vector<warm::Roster::Pick> picks{{bed.lane, "1", {}}, {other, "1", {}}};
    CHECK(bed.plan(kAsked + 59s, picks).tasks.empty());
    CHECK(bed.plan(kAsked + 60s, picks).tasks.size() == 1);  // one lane at a time
    CHECK(bed.plan(kAsked + 299s, picks).tasks.empty());
    CHECK(bed.plan(kAsked + 300s, picks).tasks.size() == 1);
  }

  TEST_CASE("a lane whose call failed rests, one with nothing to do rests for a second") {
    struct Row {
      End how;
      milliseconds rest;
    };
    for (const auto& row : {Row{End::Failed, 30s}, Row{End::Nothing, 1s}}) {
      Bed bed;
      const std::vector<warm::Roster::Pick> picks{{bed.lane, "1", {}}};
      REQUIRE(bed.plan(kAsked, picks).tasks.size() == 1);
      bed.ahead.end(*bed.lane, row.how, 0ms, kAsked);
      CHECK(bed.plan(kAsked + row.rest - 1ms, picks).tasks.empty());
      CHECK(bed.plan(kAsked + row.rest, picks).tasks.size() == 1);
    }
  }

  TEST_CASE("of a long list as many calls are made as its lane owes for") {
    const auto lane = quotes_in("USD");
    const auto price_of = [](const auto&, std::size_t assets) {
      return Credits{static_cast<std::int64_t>((assets + 99) / 100)};
    };
    struct Row {
      std::size_t assets;
      double debt;
      std::size_t wanted;
    };
    for (const auto& row : {Row{250, 29, 200},
                            Row{250, 30, 250},
                            Row{250, 9, 0},
                            Row{100, 10, 100},
                            Row{101, 19, 100},
                            Row{0, 100, 0}}) {
      CAPTURE(row.debt);
      CHECK(warm::affordable(row.assets, lane, pacing::Age(row.debt), pacing::Age(10), price_of) ==
            row.wanted);
    }
    CHECK(warm::affordable(250, lane, pacing::Age(0), pacing::Age(0), price_of) == 250);
  }
}
