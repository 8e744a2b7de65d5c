// Which requests are answered asset by asset and which whole, and what they may be billed.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "catalog/request.hpp"
#include "parsed.hpp"

using namespace quotecached::catalog;
using namespace quotecached::catalog::test;

TEST_SUITE("catalog::Request") {
  TEST_CASE("a whole query does not split by skip_invalid alone when it is cached by asset") {
    CHECK_FALSE(parsed(kV2 + "id=1&skip_invalid=false").skip_invalid);
    CHECK(parsed(kV2 + "id=1").skip_invalid);
    CHECK_FALSE(parsed("/v2/cryptocurrency/info?id=1").skip_invalid);  // its default
    CHECK(parsed("/v2/cryptocurrency/info?id=1&skip_invalid=true").skip_invalid);
  }

  TEST_CASE("what cannot be told apart by asset is answered whole") {
    for (const auto* target : {"/v2/cryptocurrency/info?address=0xabc",
                               "/v2/simple/price?id=1&convert_id=2781",
                               "/v2/cryptocurrency/quotes/latest?id=1&convert_id=1,PLATFORM_ID"}) {
      CAPTURE(target);
      const auto request = parsed(target);
      CHECK(request.kind == KeyKind::None);
      CHECK(request.assets.empty());
    }
    CHECK(parsed("/v2/cryptocurrency/info?address=0xabc").query ==
          "address=0xabc&skip_invalid=false");
    CHECK(parsed(kV2 + "id=1&convert_id=PLATFORM_ID").query ==
          "convert_id=PLATFORM_ID&id=1&skip_invalid=true");
    const auto whole = parsed("/v1/cryptocurrency/listings/latest?convert=usd,eur&limit=250");
    CHECK(strings(whole.converts) == std::vector<std::string>{"EUR", "USD"});
    CHECK(whole.query == "convert=EUR,USD&limit=250");
    // Where quotes are an array, their order tells them apart.
    CHECK(parsed("/v3/cryptocurrency/listings/latest?convert=usd,eur").query == "convert=USD,EUR");
    CHECK(parsed("/v2/simple/price?id=1&convert_id=2790,2781").query.find("convert_id=2790,2781") !=
          std::string::npos);
    CHECK(strings(parsed("/v1/cryptocurrency/map").converts) == std::vector<std::string>{"-"});
  }

  TEST_CASE("what is answered by asset has options and keys, and no query of its own") {
    const auto request =
        parsed(kV2 + "convert=EUR,USD&symbol=eth,btc&aux=tags,platform&skip_invalid=false");
    CHECK(request.query.empty());
    CHECK(request.options == "&aux=platform,tags");
    CHECK(strings(request.assets) == std::vector<std::string>{"ETH", "BTC"});
    CHECK(strings(request.converts) == std::vector<std::string>{"EUR", "USD"});
    CHECK_FALSE(request.skip_invalid);
  }

  TEST_CASE("what names no asset is answered whole, on an endpoint cached by asset too") {
    const auto catalogue = Catalogue::parse(R"(
[families.f]
fresh = "60s"
stale_while_revalidate = "60s"
stale_if_error = "60s"
[parameters.id]
type = "id_list"
role = "ids"
[parameters.page]
type = "integer"
minimum = 1
[[endpoint]]
name = "v1.a"
path = "/v1/a"
family = "f"
mode = "assets"
price = { base = 1 }
parameters = ["id", "page"]
one_of = ["id", "page"]
)",
                                            "test.toml");
    REQUIRE(catalogue);
    Request request;
    REQUIRE_FALSE(parse_target(*catalogue, "/v1/a?page=2", request));
    CHECK(keys(request) == std::vector<std::string>{"qc1:v1.a:query:page=2"});
    REQUIRE_FALSE(parse_target(*catalogue, "/v1/a?id=2", request));
    CHECK(keys(request) == std::vector<std::string>{"qc1:v1.a:id:2:-:-"});
  }

  TEST_CASE("the number of items that may be billed") {
    struct Case {
      const char* target;
      std::size_t items;
    };
    for (const auto& c :
         {Case{"/v2/cryptocurrency/quotes/latest?id=1,2,3", 3},
          Case{"/v1/cryptocurrency/listings/latest", 100},
          Case{"/v1/cryptocurrency/listings/latest?limit=5000", 5000},
          Case{"/v3/cryptocurrency/listings/latest?limit=10000", 10000},
          Case{"/v1/cryptocurrency/map", 0},
          Case{"/v1/exchange/quotes/latest?id=1,2", 2},
          Case{"/v2/cryptocurrency/info?address=0x1", 0},
          Case{"/v3/cryptocurrency/quotes/historical?id=1", 10},
          Case{"/v3/cryptocurrency/quotes/historical?id=1,2&count=500", 1000},
          Case{"/v3/cryptocurrency/quotes/historical?id=1,2&count=10&time_start=1", 20},
          Case{"/v3/cryptocurrency/quotes/historical?id=1,2&time_start=1&time_end=2", 20000}}) {
      CAPTURE(c.target);
      CHECK(parsed(c.target).items == c.items);
    }
  }

  TEST_CASE("a request knows its list price, also when it is reused") {
    struct Case {
      const char* target;
      std::int64_t credits;
    };
    Request request;
    for (const auto& c : {Case{"/v1/cryptocurrency/listings/latest?limit=5000&convert=USD,EUR", 26},
                          Case{"/v2/cryptocurrency/quotes/latest?id=1,2,3", 1},
                          Case{"/v2/cryptocurrency/quotes/latest?id=1&convert=USD,EUR,CHF", 3},
                          Case{"/v2/cryptocurrency/quotes/latest?symbol=BTC&convert_id=1,2781", 2},
                          Case{"/v1/cryptocurrency/listings/latest", 1},
                          Case{"/v3/cryptocurrency/quotes/historical?id=1,2&count=500", 10},
                          Case{"/v2/cryptocurrency/info?id=1,2&skip_invalid=true", 1},
                          Case{"/v1/key/info", 0},
                          Case{"/v1/other?a=1", 0}}) {
      CAPTURE(c.target);
      REQUIRE_FALSE(parse_target(catalogue(), c.target, request));
      CHECK(request.list_price.count == c.credits);
    }
  }
}
