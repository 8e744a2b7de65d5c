#include "refill/lane.hpp"

#include <string>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;

TEST_SUITE("refill::Lane") {
  TEST_CASE("the worst case follows the catalogue's price") {
    struct Row {
      const char* endpoint;
      std::size_t assets;
      std::size_t converts;
      std::int64_t credits;
    };
    for (const auto& row : {Row{"v2.quotes", 1, 1, 1},
                            Row{"v2.quotes", 100, 1, 1},
                            Row{"v2.quotes", 101, 1, 2},
                            Row{"v2.quotes", 100, 3, 3},
                            Row{"v2.simple_price", 250, 1, 1},
                            Row{"v2.info", 101, 1, 2}}) {
      CAPTURE(row.endpoint);
      CAPTURE(row.assets);
      Lane::Parts parts;
      parts.endpoint = catalog::Catalogue::built_in().by_name(row.endpoint);
      REQUIRE(parts.endpoint != nullptr);
      parts.kind = catalog::KeyKind::Id;
      for (std::size_t i = 0; i < row.converts; ++i)
        parts.converts.push_back("C" + std::to_string(i));
      CHECK(worst_case(Lane(parts), row.assets).count == row.credits);
    }
  }

  TEST_CASE("there is room in a call as far as its price does not rise") {
    auto endpoint = *catalog::Catalogue::built_in().by_name("v2.quotes");
    Lane::Parts parts;
    parts.endpoint = &endpoint;
    parts.kind = catalog::KeyKind::Id;
    parts.converts = {"USD"};
    struct Row {
      std::size_t batch;
      std::int64_t step;
      std::size_t assets;
      std::size_t room;
    };
    for (const auto& row : {Row{100, 100, 1, 99},
                            Row{100, 100, 99, 1},
                            Row{100, 100, 100, 0},
                            Row{500, 100, 2, 98},
                            Row{500, 100, 100, 0},
                            Row{500, 100, 401, 99},
                            Row{50, 100, 2, 48},
                            Row{100, 0, 2, 98}}) {
      CAPTURE(row.batch);
      CAPTURE(row.step);
      CAPTURE(row.assets);
      endpoint.batch = row.batch;
      endpoint.price.step = row.step;
      const Lane lane(parts);
      const auto room = room_in_step(lane, row.assets);
      CHECK(room == row.room);
      CHECK(worst_case(lane, row.assets + room).count == worst_case(lane, row.assets).count);
    }
    parts.kind = catalog::KeyKind::None;
    CHECK(room_in_step(Lane(parts), 0) == 0);
  }

  TEST_CASE("a whole answer's worst case counts the items it may hold") {
    catalog::Request request;
    REQUIRE_FALSE(
        catalog::parse_target(catalog::Catalogue::built_in(),
                              "/v1/cryptocurrency/listings/latest?limit=5000&convert=USD,EUR",
                              request));
    CHECK(worst_case(*whole_lane(request), 1).count == 26);
  }

  TEST_CASE("by symbol a call is held for every coin that may share one, where they are lists") {
    struct Row {
      const char* endpoint;
      catalog::KeyKind kind;
      std::size_t assets;
      std::int64_t worst_case;
      std::int64_t predicted;
      bool is_exact;
    };
    const credit::PriceCheck prices;
    for (const auto& row : {Row{"v2.quotes", catalog::KeyKind::Id, 100, 1, 1, true},
                            Row{"v2.quotes", catalog::KeyKind::Slug, 101, 2, 2, true},
                            Row{"v2.quotes", catalog::KeyKind::Symbol, 1, 1, 1, false},
                            Row{"v2.quotes", catalog::KeyKind::Symbol, 5, 2, 1, false},
                            Row{"v2.quotes", catalog::KeyKind::Symbol, 100, 25, 1, false},
                            Row{"v1.quotes", catalog::KeyKind::Symbol, 100, 1, 1, true}}) {
      CAPTURE(row.endpoint);
      CAPTURE(row.assets);
      Lane::Parts parts;
      parts.endpoint = catalog::Catalogue::built_in().by_name(row.endpoint);
      REQUIRE(parts.endpoint != nullptr);
      parts.kind = row.kind;
      parts.converts = {"USD"};
      const auto price = price_of(Lane(parts), row.assets, prices);
      CHECK(price.worst_case.count == row.worst_case);
      CHECK(price.predicted.count == row.predicted);
      CHECK(price.fixed.count == 0);
      CHECK(price.is_exact == row.is_exact);
    }
  }

  TEST_CASE("a whole answer by symbol is held for every coin that may share one too") {
    struct Row {
      const char* target;
      std::int64_t worst_case;
      std::int64_t predicted;
      bool is_exact;
    };
    const std::string historical = "/v2/cryptocurrency/quotes/historical?interval=1d&count=40&";
    const std::string prices = "/v2/simple/price?convert_id=2781&symbol=";
    std::string many = "A0";
    for (int i = 1; i < 20; ++i) many += ",A" + std::to_string(i);
    for (const auto& row : {Row{"id=1,2", 1, 1, true},
                            Row{"symbol=BTC", 10, 1, false},
                            Row{"symbol=BTC,ETH", 20, 1, false}}) {
      CAPTURE(row.target);
      catalog::Request request;
      REQUIRE_FALSE(
          catalog::parse_target(catalog::Catalogue::built_in(), historical + row.target, request));
      const auto price = price_of(*whole_lane(request), 1, {});
      CHECK(price.worst_case.count == row.worst_case);
      CHECK(price.predicted.count == row.predicted);
      CHECK(price.is_exact == row.is_exact);
    }
    catalog::Request request;
    const std::string range =
        "/v2/cryptocurrency/quotes/historical?symbol=BTC&time_start=1&time_end=2";
    REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), range, request));
    CHECK(price_of(*whole_lane(request), 1, {}).worst_case.count == 100);
    REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), prices + many, request));
    REQUIRE(request.kind == catalog::KeyKind::None);
    CHECK(price_of(*whole_lane(request), 1, {}).worst_case.count == 2);
  }

  TEST_CASE("a whole answer of unknown length has no exact price, and is held for ten steps") {
    catalog::Request request;
    REQUIRE_FALSE(catalog::parse_target(
        catalog::Catalogue::built_in(), "/v1/cryptocurrency/listings/latest?limit=5000", request));
    const auto lane = whole_lane(request);
    CHECK(price_of(*lane, 1, {}).is_exact);
    auto parts = lane->parts();
    parts.items = 0;
    const auto price = price_of(Lane(parts), 1, {});
    CHECK_FALSE(price.is_exact);
    CHECK(price.predicted.count == 1);
    CHECK(price.worst_case.count == 10);
  }
}
