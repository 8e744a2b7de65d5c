// How a request becomes keys: equivalent spellings meet, different questions never do.
#include "catalog/request.hpp"

#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "parsed.hpp"

using namespace quotecached::catalog;
using namespace quotecached::catalog::test;

TEST_SUITE("catalog::Request") {
  TEST_CASE("a quote request names its entries") {
    const auto request = parsed("/v2/cryptocurrency/quotes/latest?id=1027,1&convert=eur,USD");
    CHECK(request.endpoint->name == "v2.quotes");
    CHECK(request.kind == KeyKind::Id);
    CHECK(strings(request.assets) == std::vector<std::string>{"1", "1027"});
    CHECK(strings(request.converts) == std::vector<std::string>{"EUR", "USD"});
    CHECK(request.items == 2);
    CHECK(request.skip_invalid);
    CHECK(keys(request) == std::vector<std::string>{"qc1:v2.quotes:id:1:EUR:-",
                                                    "qc1:v2.quotes:id:1:USD:-",
                                                    "qc1:v2.quotes:id:1027:EUR:-",
                                                    "qc1:v2.quotes:id:1027:USD:-"});
  }

  TEST_CASE("equivalent spellings have the same keys") {
    const std::string aux =
        "num_market_pairs,cmc_rank,date_added,tags,platform,max_supply,circulating_supply,"
        "total_supply,is_active,is_fiat";
    const std::vector<std::vector<std::string>> groups = {
        {kV2 + "id=1,2",
         kV2 + "id=2,1",
         kV2 + "id=1%2C2",
         kV2 + "id=%31,2",
         kV2 + "%69d=1,2",
         kV2 + "id=1,2,1,2",
         kV2 + "id=01,002",
         kV2 + "id=1,2&convert=USD",
         kV2 + "convert=usd&id=1,2",
         kV2 + "id=1,2&convert=USD,usd",
         kV2 + "&&id=1,2&",
         kV2 + "id=1,2&skip_invalid=true",
         kV2 + "id=1,2&skip_invalid=false",
         kV2 + "id=1,2&aux=" + aux,
         kV2 + "id=1,2&aux=is_fiat," + aux,
         kV2 + "CMC_PRO_API_KEY=abc&id=1,2",
         kV2 + "id=1,2&cmc_pro_api_key=abc"},
        {kV2 + "symbol=btc,ETH", kV2 + "symbol=BTC,ETH,btc", kV2 + "symbol=BTC,,ETH,"},
        {kV2 + "id=1", "/public-api" + kV2 + "id=1"},
        {kV2 + "symbol=$A,B@C", kV2 + "symbol=%24a,b%40c"},
        {kV2 + "id=1&aux=tags,cmc_rank",
         kV2 + "id=1&aux=cmc_rank,tags",
         kV2 + "aux=tags%2Ccmc_rank,tags&id=1"},
        {"/v1/cryptocurrency/listings/latest",
         "/v1/cryptocurrency/listings/latest?",
         "/v1/cryptocurrency/listings/latest?start=1&limit=100",
         "/v1/cryptocurrency/listings/latest?limit=0100&start=01&sort=market_cap",
         "/v1/cryptocurrency/listings/latest?tag=all&convert=USD&cryptocurrency_type=all"},
        {"/v1/cryptocurrency/listings/latest?price_min=1.50",
         "/v1/cryptocurrency/listings/latest?price_min=01.5"},
        {"/v1/cryptocurrency/listings/latest?convert=EUR,USD",
         "/v1/cryptocurrency/listings/latest?convert=usd,eur"},
        {"/v1/cryptocurrency/map?listing_status=inactive,active",
         "/v1/cryptocurrency/map?listing_status=active,inactive&start=1"},
        {"/v2/simple/price?id=1&include_all=TRUE", "/v2/simple/price?include_all=true&id=1"},
        {"/v2/simple/price?id=1",
         "/v2/simple/price?include_all=false&id=1&include_market_cap=false"},
        {"/v3/cryptocurrency/quotes/historical?id=1&time_start=2026-01-01T00:00:00Z",
         "/v3/cryptocurrency/quotes/historical?time_start=2026-01-01T00%3A00%3A00Z&id=1&count=10"},
        {"/v1/dex/token?b=2&a=x+y", "/v1/dex/token?a=x%20y&b=2"},
    };
    for (const auto& group : groups) {
      const auto expected = keys(group.front());
      for (const auto& target : group) {
        CAPTURE(target);
        CHECK(keys(target) == expected);
      }
    }
  }

  TEST_CASE("different questions have different keys") {
    const std::vector<std::string> targets = {
        "/v1/cryptocurrency/quotes/latest?id=1",
        "/v2/cryptocurrency/quotes/latest?id=1",
        "/v3/cryptocurrency/quotes/latest?id=1",
        "/v2/simple/price?id=1",
        "/v2/cryptocurrency/info?id=1",
        "/v1/cryptocurrency/info?id=1",
        kV2 + "id=2",
        kV2 + "id=11",
        kV2 + "symbol=1",
        kV2 + "slug=1",
        kV2 + "id=1&convert=EUR",
        kV2 + "id=1&convert_id=2781",
        kV2 + "id=1&convert=2781",
        kV2 + "id=1&aux=tags",
        kV2 + "id=1&aux=is_fiat",
        kV2 + "id=1&aux=tags,is_fiat",
        kV2 + "id=1&convert=EUR&aux=tags",
        "/v2/simple/price?id=1&include_all=true",
        "/v2/simple/price?id=1&include_market_cap=true",
        "/v2/simple/price?id=1&precision=2",
        "/v2/simple/price?id=1&convert_id=2781",
        "/v2/simple/price?id=1,2&convert_id=2781",
        "/v2/cryptocurrency/info?address=0xAbC",
        "/v2/cryptocurrency/info?address=0xabc",
        "/v2/cryptocurrency/info?address=0xabc&skip_invalid=true",
        "/v2/cryptocurrency/info?id=1&aux=logo",
        "/v1/cryptocurrency/listings/latest",
        "/v3/cryptocurrency/listings/latest",
        "/v1/cryptocurrency/listings/latest?start=2",
        "/v1/cryptocurrency/listings/latest?limit=101",
        "/v1/cryptocurrency/listings/latest?price_min=1",
        "/v1/cryptocurrency/listings/latest?price_max=1",
        "/v1/cryptocurrency/listings/latest?price_min=-1",
        "/v1/cryptocurrency/listings/latest?price_min=1e-7",
        "/v1/cryptocurrency/listings/latest?price_min=1e7",
        "/v1/cryptocurrency/listings/latest?convert=EUR",
        "/v1/cryptocurrency/listings/latest?convert_id=2781",
        "/v1/cryptocurrency/map",
        "/v1/dex/token?a=1",
        "/v1/dex/token?A=1",
        "/v1/dex/token?a=1&b=",
        "/v1/dex/token?a=1%26b%3D",
        "/v1/unknown",
        "/v1/unknown?a=1",
    };
    std::set<std::string> seen;
    for (const auto& target : targets) {
      CAPTURE(target);
      for (const auto& key : keys(target)) {
        CAPTURE(key);
        CHECK(seen.insert(key).second);
      }
    }
  }

  TEST_CASE("assets of which an answer keeps the order stand in the order asked") {
    struct Case {
      std::string target;
      std::vector<std::string> assets;
    };
    const std::string simple = "/v2/simple/price?";
    for (const auto& c : {Case{kV2 + "symbol=eth,BTC,ADA,btc", {"ETH", "BTC", "ADA"}},
                          Case{kV2 + "id=3,1,2,1", {"1", "2", "3"}},  // members of an object
                          Case{kV2 + "slug=b,a", {"a", "b"}},
                          Case{simple + "id=3,1,2,1", {"3", "1", "2"}},
                          Case{simple + "symbol=ETH,BTC", {"ETH", "BTC"}}}) {
      CAPTURE(c.target);
      CHECK(strings(parsed(c.target).assets) == c.assets);
    }
    std::string many = kV2 + "symbol=";
    for (int i = 0; i < 3000; ++i) many += "A" + std::to_string(2999 - i % 1500) + ",";
    const auto request = parsed(many);
    REQUIRE(request.assets.size() == 1500);
    CHECK(request.assets.front() == "A2999");
    CHECK(request.assets.back() == "A1500");
  }

  TEST_CASE("integers may be written with a fraction of zeros") {
    const std::string listings = "/v1/cryptocurrency/listings/latest?";
    CHECK(parsed(listings + "limit=10.0&start=2.000").query == "limit=10&start=2");
    CHECK(parsed(listings + "limit=100.0&start=1.0").query.empty());  // as by default
    for (const auto* bad : {"10.", "10.5", ".0", "10.0.0", "1e1", "10.0x", "-1.0"}) {
      CAPTURE(bad);
      CHECK(refused(listings + "limit=" + bad) == "400 \"limit\" must be a number");
    }
  }

  TEST_CASE("the upstream target asks for part of a lane and parses to the same keys") {
    const std::vector<std::string> assets = {"1", "1027"};
    const std::vector<std::string> euro = {"EUR"};
    const std::vector<std::string> usd = {"USD"};
    const std::vector<std::string> none = {"-"};
    const std::vector<std::string> by_id = {"2781"};
    const std::vector<std::string> tickers = {"$A", "B@"};
    const auto v2 = parsed(kV2 + "id=1,1027,2&convert=USD,EUR&aux=tags&skip_invalid=false");
    CHECK(upstream_target(v2, assets, euro) ==
          kV2 + "id=1,1027&convert=EUR&aux=tags&skip_invalid=true");
    CHECK(upstream_target(v2, assets, usd) == kV2 + "id=1,1027&aux=tags&skip_invalid=true");
    CHECK(upstream_target(parsed("/v2/cryptocurrency/info?id=1"), assets, none) ==
          "/v2/cryptocurrency/info?id=1,1027&skip_invalid=true");
    CHECK(upstream_target(parsed(kV2 + "symbol=A&convert_id=2781"), tickers, by_id) ==
          kV2 + "symbol=$A,B@&convert_id=2781&skip_invalid=true");
    CHECK(keys(upstream_target(v2, assets, euro))[0] == keys(kV2 + "id=1&convert=EUR&aux=tags")[0]);
  }

  TEST_CASE("a moved request keeps its views") {
    Request first = parsed(kV2 + "id=5,3&convert=EUR,%55SD");
    const auto before = keys(first);
    const Request second = std::move(first);
    CHECK(keys(second) == before);
    CHECK(strings(second.assets) == std::vector<std::string>{"3", "5"});
  }

  TEST_CASE("a reused request remembers nothing") {
    Request request;
    REQUIRE_FALSE(
        parse_target(catalogue(),
                     kV2 + "id=1&convert_id=1&aux=tags&skip_invalid=false&CMC_PRO_API_KEY=k",
                     request));
    REQUIRE_FALSE(parse_target(catalogue(), kV2 + "slug=bitcoin", request));
    CHECK(keys(request) == std::vector<std::string>{"qc1:v2.quotes:slug:bitcoin:USD:-"});
    CHECK(request.credential.empty());
    CHECK(request.options.empty());
    CHECK(request.skip_invalid);
    REQUIRE_FALSE(parse_target(catalogue(), "/v1/other?a=1", request));
    CHECK(request.endpoint == nullptr);
    CHECK(request.query.empty());
    CHECK(request.kind == KeyKind::None);
  }
}
