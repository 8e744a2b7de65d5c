#include "refill/junk_gate.hpp"

#include <string>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"
#include "refill/parking.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;

namespace {

const JunkGate::Time kStart{100h};

JunkGate gate_of() { return JunkGate({.free_names = 10, .half_life = 60s, .widest = 12s}); }

void flood(JunkGate& gate, const std::string& client, int names, JunkGate::Time now) {
  for (int i = 0; i < names; ++i) gate.note_unknown(client, now);
}

BatchAsset asset_of(const std::string& name, const std::string& client) {
  auto one = std::make_shared<Pending>();
  one->key = name;
  one->client = client;
  return {name, {std::move(one)}};
}

LanePtr lane_in(const std::string& convert) {
  catalog::Request request;
  REQUIRE_FALSE(
      catalog::parse_target(catalog::Catalogue::built_in(),
                            "/v2/cryptocurrency/quotes/latest?symbol=A&convert=" + convert,
                            request));
  return lane_of(request);
}

using Names = std::vector<std::string>;

ParkedAsset parked_of(const LanePtr& lane,
                      const std::string& name,
                      const std::string& client,
                      std::size_t turn) {
  return {lane, asset_of(name, client), turn, kStart + 13s};
}

}  // namespace

TEST_SUITE("refill::JunkGate") {
  TEST_CASE("some unknown names narrow nothing") {
    auto gate = gate_of();
    flood(gate, "a", 10, kStart);
    gate.note_paid("a", kStart);
    CHECK(gate.opens("a", kStart) == kStart);
  }

  TEST_CASE("the window grows with the junk, up to its widest") {
    struct Row {
      int names;
      std::chrono::milliseconds window;
    };
    const Row rows[] = {{11, 120ms}, {20, 1200ms}, {60, 6000ms}, {110, 12000ms}, {5000, 12000ms}};
    for (const auto& row : rows) {
      CAPTURE(row.names);
      auto gate = gate_of();
      flood(gate, "a", row.names, kStart);
      gate.note_paid("a", kStart);
      CHECK(gate.opens("a", kStart) == kStart + row.window);
      CHECK(gate.opens("a", kStart + row.window) <= kStart + row.window);
    }
  }

  TEST_CASE("half of the junk is forgotten in each half-life") {
    auto gate = gate_of();
    flood(gate, "a", 80, kStart);
    gate.note_paid("a", kStart + 180s);
    CHECK(gate.opens("a", kStart + 180s) == kStart + 180s);
  }

  TEST_CASE("one client's junk is not another's, but all together have their bound") {
    auto gate = gate_of();
    flood(gate, "a", 60, kStart);
    gate.note_paid("a", kStart);
    CHECK(gate.opens("a", kStart) > kStart);
    CHECK(gate.opens("b", kStart) == kStart);
    flood(gate, "a", 5000, kStart);
    CHECK(gate.opens("b", kStart) == kStart);  // whatever that one does
    for (int i = 0; i < 20; ++i) flood(gate, "client " + std::to_string(i), 5, kStart);
    CHECK(gate.opens("b", kStart) > kStart);
  }

  TEST_CASE("what an answer has held is real, by kind, for tens of thousands of names") {
    auto gate = gate_of();
    CHECK_FALSE(gate.is_real("symbol", "BTC"));
    for (int i = 0; i < 30'000; ++i) gate.note_real("symbol", "S" + std::to_string(i));
    gate.note_real("symbol", "BTC");
    CHECK(gate.is_real("symbol", "BTC"));
    CHECK(gate.is_real("symbol", "S10000"));
    CHECK_FALSE(gate.is_real("slug", "BTC"));
    for (int i = 0; i < 100'000; ++i) gate.note_real("id", std::to_string(i));
    CHECK_FALSE(gate.is_real("symbol", "S10000"));  // bounded
  }

  TEST_CASE("clients are bounded too") {
    auto gate = gate_of();
    for (int i = 0; i < 5000; ++i) gate.note_unknown("client " + std::to_string(i), kStart);
    flood(gate, "client 0", 200, kStart);
    gate.note_paid("client 0", kStart);
    CHECK(gate.opens("client 0", kStart) > kStart);
    CHECK(gate.opens("new", kStart) > kStart);
  }
}

TEST_SUITE("refill::Parking") {
  TEST_CASE("gives what waits in a lane once its client may pay, lane by lane") {
    auto gate = gate_of();
    Parking parking(4);
    const auto dollars = lane_in("USD");
    const auto euros = lane_in("EUR");
    CHECK_FALSE(parking.wakeup(gate, kStart));
    flood(gate, "a", 60, kStart);
    gate.note_paid("a", kStart);
    CHECK_FALSE(parking.add(parked_of(euros, "X", "a", 0)));
    CHECK_FALSE(parking.add(parked_of(dollars, "Y", "a", 0)));
    CHECK_FALSE(parking.add(parked_of(euros, "Z", "a", 0)));
    CHECK_FALSE(parking.open_lane(gate, kStart));
    const auto at = parking.wakeup(gate, kStart);
    REQUIRE(at);
    CHECK(*at == kStart + 6s);
    CHECK(parking.open_lane(gate, *at) == euros);
    CHECK(names_of(parking.take(euros->name(), 1)) == Names{"X"});
    CHECK(parking.open_lane(gate, *at) == dollars);  // euros have just had their turn
    CHECK(names_of(parking.take(dollars->name(), 9)) == Names{"Y"});
    CHECK(names_of(parking.take(euros->name(), 9)) == Names{"Z"});
    CHECK(parking.take(euros->name(), 9).empty());
    CHECK(parking.is_empty());
  }

  TEST_CASE("an ask of one name has its turn before the later names of another") {
    Parking parking(1000);
    const auto lane = lane_in("USD");
    for (std::size_t i = 0; i < 900; ++i)
      CHECK_FALSE(parking.add(parked_of(lane, "J" + std::to_string(i), "", i)));
    CHECK_FALSE(parking.add(parked_of(lane, "REAL", "", 0)));
    CHECK(names_of(parking.take(lane->name(), 3)) == Names{"J0", "REAL", "J1"});
  }

  TEST_CASE("clients take turns, however many names one of them has waiting") {
    Parking parking(1000);
    const auto lane = lane_in("USD");
    for (int i = 0; i < 900; ++i)
      CHECK_FALSE(parking.add(parked_of(lane, "J" + std::to_string(i), "flood", 0)));
    CHECK_FALSE(parking.add(parked_of(lane, "A", "good", 0)));
    CHECK_FALSE(parking.add(parked_of(lane, "B", "good", 0)));
    CHECK(names_of(parking.take(lane->name(), 4)) == Names{"J0", "A", "J1", "B"});
  }

  TEST_CASE("who had a turn lately goes after others, in whatever lanes it asks") {
    const auto gate = gate_of();
    Parking parking(1000);
    std::vector<LanePtr> lanes;
    for (const std::string convert : {"USD", "EUR", "GBP", "JPY"}) {
      lanes.push_back(lane_in(convert));
      CHECK_FALSE(parking.add(parked_of(lanes.back(), "J", "flood", 0)));
    }
    CHECK_FALSE(parking.add(parked_of(lane_in("CHF"), "REAL", "good", 0)));
    CHECK(parking.open_lane(gate, kStart) == lanes[0]);
    CHECK(parking.take(lanes[0]->name(), 100).size() == 1);
    const auto next = parking.open_lane(gate, kStart);
    REQUIRE(next);
    CHECK(names_of(parking.take(next->name(), 100)) == Names{"REAL"});
  }

  TEST_CASE("when it is full, whose turn comes last makes room") {
    Parking parking(3);
    const auto lane = lane_in("USD");
    for (std::size_t i = 0; i < 3; ++i)
      CHECK_FALSE(parking.add(parked_of(lane, "J" + std::to_string(i), "flood", i)));
    const auto displaced = parking.add(parked_of(lane, "REAL", "good", 0));
    REQUIRE(displaced);
    CHECK(displaced->name == "J2");
    const auto newest = parking.add(parked_of(lane, "J9", "flood", 9));
    REQUIRE(newest);
    CHECK(newest->name == "J9");
    CHECK(names_of(parking.take(lane->name(), 9)) == Names{"J0", "REAL", "J1"});
  }

  TEST_CASE("none waits longer than it may") {
    auto gate = gate_of();
    Parking parking(9);
    const auto lane = lane_in("USD");
    flood(gate, "a", 60, kStart);
    gate.note_paid("a", kStart);
    CHECK_FALSE(parking.add({lane, asset_of("X", "a"), 0, kStart + 2s}));
    CHECK_FALSE(parking.add({lane, asset_of("Y", "a"), 0, kStart + 4s}));
    CHECK(parking.wakeup(gate, kStart) == kStart + 2s);
    CHECK(names_of(parking.take_expired(kStart + 2s)) == Names{"X"});
    CHECK(parking.take_expired(kStart + 3s).empty());
    CHECK(names_of(parking.take_expired(kStart + 4s)) == Names{"Y"});
    CHECK(parking.is_empty());
  }
}
