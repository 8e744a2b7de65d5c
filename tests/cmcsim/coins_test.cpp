#include <doctest/doctest.h>

#include "sim_fixture.hpp"

using namespace cmcsim;

namespace {

const std::string kV1 = "/v1/cryptocurrency/quotes/latest?";
const std::string kV2 = "/v2/cryptocurrency/quotes/latest?";

void change(SimFixture& sim, const std::string& body) {
  REQUIRE(sim.control("POST", "coins", body).reply.status == 200);
}

}  // namespace

TEST_SUITE("cmcsim::coins") {
  TEST_CASE("a coin is renamed, and its old names are free") {
    SimFixture sim;
    change(sim, R"({"id":52,"symbol":"NEW","slug":"new-name"})");
    CHECK(sim.get(kV1 + "symbol=NEW").integer("/data/NEW/id") == 52);
    CHECK(sim.get(kV1 + "slug=new-name").integer("/data/52/id") == 52);
    CHECK(sim.get(kV1 + "id=52").text("/data/52/slug") == "new-name");
    CHECK(sim.get(kV1 + "slug=xrp").keys("/data").empty());
  }

  TEST_CASE("of several coins under one ticker the best rank is meant, whoever has it") {
    SimFixture sim;
    change(sim, R"({"id":2,"symbol":"XRP"})");
    CHECK(sim.get(kV1 + "symbol=XRP").integer("/data/XRP/id") == 52);
    change(sim, R"({"id":2,"rank":1})");
    CHECK(sim.get(kV1 + "symbol=XRP").integer("/data/XRP/id") == 2);
    CHECK(sim.get(kV2 + "symbol=XRP").integer("/data/XRP/1/id") == 52);
  }

  TEST_CASE("a delisted coin has neither rank nor price, and one that is gone no name") {
    SimFixture sim;
    change(sim, R"({"id":52,"delisted":true})");
    const auto delisted = sim.get(kV2 + "id=52");
    CHECK(delisted.integer("/data/52/is_active") == 0);
    CHECK(delisted.at("/data/52/quote/USD/price").is_null());
    change(sim, R"({"id":52,"known":false})");
    CHECK(sim.get(kV2 + "id=52").keys("/data").empty());
    change(sim, R"({"id":52,"known":true})");
    CHECK(sim.get(kV2 + "id=52").keys("/data").size() == 1);
  }

  TEST_CASE("what there is no coin for is refused") {
    SimFixture sim;
    CHECK(sim.control("POST", "coins", R"({"id":987654321,"symbol":"X"})").reply.status == 400);
    CHECK(sim.control("POST", "coins", R"({"id":52,"colour":"red"})").reply.status == 400);
    CHECK(sim.control("POST", "coins", R"({"id":52,"known":1})").reply.status == 400);
  }
}
