// What other daemons' clients ask for, as Renewals takes it into account.
#include <doctest/doctest.h>

#include "refill/renewals.hpp"
#include "renewals_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;
using namespace quotecached::test;

namespace {

using Names = std::vector<std::string>;

const catalog::Catalogue& catalogue() { return catalog::Catalogue::built_in(); }

std::string quotes_target(const std::string& id) {
  return "/v2/cryptocurrency/quotes/latest?id=" + id + "&skip_invalid=true";
}

struct FleetBed : RenewalsBed {
  using RenewalsBed::RenewalsBed;

  std::size_t learn(const std::vector<TargetAsks>& fleet, TimePoint now = kAsked) {
    return renewals.learn(fleet, catalogue(), now);
  }
  // There is a copy of it, which nobody here asked for.
  void hold(const std::string& asset, milliseconds age, TimePoint now = kAsked) {
    auto copy = copy_of(now - age);
    copy.fresh_until = copy.fetched_at + 60s;
    renewals.note_held(lane, asset, 0, key(asset), copy, now);
  }
  [[nodiscard]] Names popular(std::size_t most = 100, TimePoint now = kAsked) const {
    return renewals.most_asked(lane, most, now);
  }
  [[nodiscard]] double rate(const std::string& asset, TimePoint now = kAsked) const {
    const auto asks = renewals.asks_of(key(asset), now);
    return asks ? asks->rate : 0;
  }
};

// Asks a second of so many asks of a day.
double rate_of(double asks) { return asks * 0.6931471806 / 86'400; }

}  // namespace

TEST_SUITE("refill::Renewals: told to the fleet") {
  TEST_CASE("asks since the last time, by the target of their key") {
    RenewalsBed bed;
    bed.ask("1", 1s);
    bed.hit("1", 4, kAsked + 1s);
    bed.ask("2", 1s);
    auto untold = bed.renewals.take_untold();
    std::ranges::sort(untold, {}, &TargetAsks::target);
    REQUIRE(untold.size() == 2);
    CHECK(untold[0].target == quotes_target("1"));
    CHECK(untold[0].asks == 5);
    CHECK(untold[1].target == quotes_target("2"));
    CHECK(untold[1].asks == 1);
    CHECK(bed.renewals.take_untold().empty());
    bed.hit("2", 3, kAsked + 2s);
    const auto next = bed.renewals.take_untold();
    REQUIRE(next.size() == 1);
    CHECK(next[0].asks == 3);
  }

  TEST_CASE("neither what is held nor what was restored or learned is told") {
    FleetBed bed;
    const std::vector<Renewals::Kept> kept{{quotes_target("1"), 100, kAsked - 1h, kAsked - 1h, 9}};
    bed.renewals.restore(kept, catalogue(), kAsked);
    bed.hold("2", 1s);
    bed.learn({{quotes_target("3"), 50}});
    CHECK(bed.renewals.take_untold().empty());
    // Nor is what others ask for kept for the next start as what is asked for here.
    CHECK(bed.renewals.kept(kAsked - 48h).size() == 1);
  }
}

TEST_SUITE("refill::Renewals: learned from the fleet") {
  TEST_CASE("a daemon that nobody has asked anything knows what the fleet asks for most") {
    FleetBed bed;
    CHECK(bed.learn({{quotes_target("1"), 500},
                     {quotes_target("2"), 900},
                     {quotes_target("3"), 0.5},
                     {"/v2/cryptocurrency/quotes/latest?id=5&convert=EUR", 700}}) == 0);
    CHECK(bed.popular() == Names{"2", "1"});
    CHECK(bed.popular(1) == Names{"2"});
    CHECK(bed.rate("2") == doctest::Approx(rate_of(900)));
    CHECK(bed.renewals.size() == 3);
    CHECK(bed.debt() == 0);
    CHECK(bed.renewals.take_asks() == 0);
    CHECK(bed.renewals.lanes(8, kAsked).empty());  // by which credits are planned
    const auto lanes = bed.renewals.fleet_lanes(8, kAsked);
    REQUIRE(lanes.size() == 2);
    CHECK(lanes[0].lane->name() == bed.lane->name());
    CHECK(lanes[0].share == doctest::Approx(1400.0 / 2100));
  }

  TEST_CASE("its own part is not counted twice") {
    struct Row {
      const char* name;
      double fleet;  // all asks
      double others;
    };
    constexpr Row rows[] = {
        {"alone", 100, 0},
        {"alone, told a little otherwise", 104, 0},
        {"others ask as well", 250, 150},
        {"Redis has lost what it knew", 10, 0},
        {"Redis knows nothing of it", 0, 0},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      FleetBed bed;
      bed.ask("1", 1s);
      bed.hit("1", 99, kAsked);
      const auto before = bed.rate("1");
      bed.learn({{quotes_target("1"), row.fleet}});
      CHECK(bed.rate("1") - before == doctest::Approx(rate_of(row.others)));
    }
  }

  TEST_CASE("what was learned anew replaces what was known") {
    FleetBed bed;
    bed.learn({{quotes_target("1"), 500}, {quotes_target("2"), 100}});
    bed.learn({{quotes_target("1"), 50}, {quotes_target("2"), 100}});
    CHECK(bed.popular() == Names{"2", "1"});
    CHECK(bed.rate("1") == doctest::Approx(rate_of(50)));
  }

  TEST_CASE("others' asks decay, and are forgotten two days after they were told last") {
    FleetBed bed;
    bed.learn({{quotes_target("1"), 400}});
    CHECK(bed.rate("1", kAsked + 12h) == doctest::Approx(rate_of(400 * 0.7071)).epsilon(1e-3));
    CHECK(bed.popular(10, kAsked + 48h).size() == 1);
    CHECK(bed.popular(10, kAsked + 48h + 1s).empty());
    CHECK(bed.rate("1", kAsked + 48h + 1s) == 0);
  }

  TEST_CASE("members that the catalogue does not know as one key are passed over") {
    FleetBed bed;
    CHECK(bed.learn({{"BTC", 1e9},
                     {"", 1e9},
                     {"/no/such/path", 1e9},
                     {"/v2/cryptocurrency/quotes/latest?id=1,2", 1e9},
                     {"/v2/cryptocurrency/quotes/latest?id=1&convert=USD,EUR", 1e9},
                     {"/v2/cryptocurrency/quotes/latest?id=x", 1e9},
                     {std::string("/v2\0\n", 5), 1e9},
                     {quotes_target("1"), 5}}) == 7);
    CHECK(bed.popular() == Names{"1"});
    CHECK(bed.renewals.size() == 1);
  }

  TEST_CASE("rows for others are made only while there is room: clients of our own come first") {
    FleetBed bed({.most_keys = 20});
    for (int id = 1; id <= 10; ++id) bed.ask(std::to_string(id), 1s);
    std::vector<TargetAsks> fleet;
    for (int id = 5; id <= 60; ++id) fleet.push_back({quotes_target(std::to_string(id)), 100});
    bed.learn(fleet);
    CHECK(bed.renewals.size() == 18);
    for (int id = 61; id <= 66; ++id) bed.ask(std::to_string(id), 1s);
    for (int id = 1; id <= 10; ++id)
      CHECK(bed.renewals.asks_of(bed.key(std::to_string(id)), kAsked));
  }
}

TEST_SUITE("refill::Renewals: decided by the fleet") {
  TEST_CASE("what others ask for rides, by how much they do and the copy's age") {
    FleetBed bed;
    bed.learn({{quotes_target("1"), 100}, {quotes_target("2"), 400}, {quotes_target("3"), 900}});
    CHECK(bed.riding().empty());  // no copies are known
    bed.hold("1", 100s);
    bed.hold("2", 100s);
    CHECK(bed.riding() == Names{"2", "1"});
    bed.hold("3", 10s);  // nearly new
    CHECK(bed.riding() == Names{"2", "1"});
    bed.hold("4", 1000s);  // nobody asks for it
    CHECK(bed.riding() == Names{"2", "1"});
    CHECK(bed.riding(kAsked + 48h + 1s).empty());
  }

  TEST_CASE("others' asks and our own weigh together") {
    FleetBed bed;
    for (const auto* id : {"1", "2"}) bed.ask(id, 100s);
    bed.hit("1", 9, kAsked);
    CHECK(bed.riding() == Names{"1", "2"});
    bed.learn({{quotes_target("1"), 10}, {quotes_target("2"), 1e6}});
    CHECK(bed.riding() == Names{"2", "1"});
  }

  TEST_CASE(
      "copies that our clients asked for are renewed ahead when the fleet asks often enough") {
    FleetBed bed;
    const Renewals::Lead now = [](const LanePtr&, pacing::Age) { return 0ms; };
    const auto ending = [&](double fleet) {
      FleetBed one;
      auto copy = copy_of(kAsked - 60s);
      copy.fresh_until = kAsked;
      one.renewals.note_asked(one.lane, "1", 0, one.key("1"), copy, kAsked - 1s);
      one.learn({{quotes_target("1"), fleet}});
      const auto found = one.renewals.endings(now, 20, kAsked);
      return !found.lanes.empty();
    };
    CHECK_FALSE(ending(1));
    CHECK_FALSE(ending(20'000));  // 9.6 in its minute, and a few of our own
    CHECK(ending(60'000));
    // Nobody asked here: who did renews it.
    bed.learn({{quotes_target("1"), 1e6}});
    bed.hold("1", 60s);
    CHECK(bed.renewals.endings(now, 5, kAsked).lanes.empty());
  }

  TEST_CASE("keys of others without a fresh copy, the most asked first, may be taken over") {
    FleetBed bed;
    bed.learn({{quotes_target("1"), 100}, {quotes_target("2"), 400}, {quotes_target("3"), 900}});
    const auto assets = [&](std::size_t most) {
      Names names;
      for (const auto& one : bed.renewals.asked_of_others(most, kAsked)) {
        CHECK(one.key == bed.key(one.asset));
        CHECK(one.lane->name() == bed.lane->name());
        names.push_back(one.asset);
      }
      return names;
    };
    CHECK(assets(10) == Names{"3", "2", "1"});
    CHECK(assets(2) == Names{"3", "2"});
    bed.hold("3", 10s);
    bed.hold("2", 60s);
    CHECK(assets(10) == Names{"2", "1"});
    bed.ask("7", 100s);  // only our own
    CHECK(assets(10) == Names{"2", "1"});
  }
}
