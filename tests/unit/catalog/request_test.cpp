// How a request becomes keys: equivalent spellings meet, different questions never do.
#include "catalog/request.hpp"

#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace quotecached::catalog;

namespace {

const Catalogue& catalogue() { return Catalogue::built_in(); }

Request parsed(std::string_view target) {
  CAPTURE(target);
  Request request;
  const auto refusal = parse_target(catalogue(), target, request);
  CAPTURE((refusal ? refusal->message : std::string()));
  REQUIRE_FALSE(refusal);
  return request;
}

// All keys of a request, in its order.
std::vector<std::string> keys(const Request& request) {
  std::vector<std::string> all;
  if (request.endpoint == nullptr) return {request.forward_target};
  if (request.kind == KeyKind::None) {
    append_whole_key(all.emplace_back(), request);
    return all;
  }
  for (std::size_t a = 0; a < request.assets.size(); ++a) {
    for (std::size_t c = 0; c < request.converts.size(); ++c) {
      append_key(all.emplace_back(), request, a, c);
    }
  }
  return all;
}

std::vector<std::string> keys(std::string_view target) { return keys(parsed(target)); }

std::vector<std::string> strings(const std::vector<std::string_view>& views) {
  return {views.begin(), views.end()};
}

std::string refused(std::string_view target) {
  Request request;
  const auto refusal = parse_target(catalogue(), target, request);
  if (!refusal) return "";
  return std::to_string(refusal->http_status) + " " + refusal->message;
}

const std::string kV2 = "/v2/cryptocurrency/quotes/latest?";

}  // namespace

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

  TEST_CASE("a whole query does not split by skip_invalid alone when it is cached by asset") {
    CHECK_FALSE(parsed(kV2 + "id=1&skip_invalid=false").skip_invalid);
    CHECK(parsed(kV2 + "id=1").skip_invalid);
    CHECK_FALSE(parsed("/v2/cryptocurrency/info?id=1").skip_invalid);  // its default
    CHECK(parsed("/v2/cryptocurrency/info?id=1&skip_invalid=true").skip_invalid);
  }

  TEST_CASE("what is refused, and in which words") {
    std::string many = "1";
    for (int i = 2; i <= 10'001; ++i) many += "," + std::to_string(i);
    std::string converts = "A0";
    for (int i = 1; i <= 120; ++i) converts += ",A" + std::to_string(i);
    struct Case {
      std::string target;
      std::string expected;
    };
    for (const auto& c : {
             Case{"/v2/cryptocurrency/quotes/latest",
                  "400 \"value\" must contain at least one of [id, symbol, slug]"},
             Case{kV2, "400 \"value\" must contain at least one of [id, symbol, slug]"},
             Case{kV2 + "id=1&slug=bitcoin",
                  "400 \"value\" contains a conflict between exclusive peers [id, symbol, slug]"},
             Case{kV2 + "id=1&convert=USD&convert_id=1",
                  "400 \"value\" contains a conflict between optional exclusive peers [convert, "
                  "convert_id]"},
             Case{kV2 + "id=", "400 \"id\" is not allowed to be empty"},
             Case{kV2 + "id", "400 \"id\" is not allowed to be empty"},
             Case{kV2 + "id=1&aux=", "400 \"aux\" is not allowed to be empty"},
             Case{kV2 + "id=1&ids=2", "400 \"ids\" is not allowed"},
             Case{kV2 + "ID=1", "400 \"ID\" is not allowed"},
             Case{kV2 + "id[]=1", "400 \"id[]\" is not allowed"},
             Case{kV2 + "id=1&=2", "400 \"\" is not allowed"},
             Case{kV2 + "id=1&id=2", "400 \"id\" must be a string"},
             Case{kV2 + "id=1&id=1", "400 \"id\" must be a string"},
             Case{kV2 + "id=1,,2", "400 Invalid value for \"id\": \"\""},
             Case{kV2 + "id=1,", "400 Invalid value for \"id\": \"\""},
             Case{kV2 + "id=1,x", "400 Invalid value for \"id\": \"x\""},
             Case{kV2 + "id=-1", "400 Invalid value for \"id\": \"-1\""},
             Case{kV2 + "id=1%002", "400 Invalid value for \"id\": \"1?2\""},
             Case{kV2 + "id=+1", "400 Invalid value for \"id\": \" 1\""},
             Case{kV2 + "id=1.0", "400 Invalid value for \"id\": \"1.0\""},
             Case{kV2 + "id=1000000000000000000",
                  "400 Invalid value for \"id\": \"1000000000000000000\""},
             Case{kV2 + "id=" + many, "400 \"id\" must contain less than or equal to 10000 items"},
             Case{kV2 + "id=1&convert=" + converts,
                  "400 \"convert\" must contain less than or equal to 120 items"},
             Case{kV2 + "id=%zz", "400 Invalid escape in \"%zz\""},
             Case{kV2 + "id=1%2", "400 Invalid escape in \"1%2\""},
             Case{kV2 + "%=1", "400 Invalid escape in \"%\""},
             Case{kV2 + "symbol=,", "400 Invalid value for \"symbol\": \",\""},
             Case{kV2 + "symbol=B%20TC", "400 Invalid value for \"symbol\": \"B TC\""},
             Case{kV2 + "symbol=BTC%26id=1", "400 Invalid value for \"symbol\": \"BTC&id=1\""},
             Case{kV2 + "symbol=BTC:USD", "400 Invalid value for \"symbol\": \"BTC:USD\""},
             Case{kV2 + "slug=Bitcoin", "400 Invalid value for \"slug\": \"Bitcoin\""},
             Case{kV2 + "id=1&skip_invalid=maybe", "400 \"skip_invalid\" must be a boolean"},
             Case{kV2 + "id=1&convert=U%0aSD", "400 Invalid value for \"convert\": \"U?SD\""},
             Case{kV2 + "id=1&convert_id=USD", "400 Invalid value for \"convert_id\": \"USD\""},
             Case{"/v2/cryptocurrency/market-pairs/latest?id=1,2",
                  "400 \"id\" must contain less than or equal to 1 items"},
             Case{"/v1/cryptocurrency/listings/latest?limit=0",
                  "400 \"limit\" must be larger than or equal to 1"},
             Case{"/v1/cryptocurrency/listings/latest?limit=5001",
                  "400 \"limit\" must be less than or equal to 5000"},
             Case{"/v1/cryptocurrency/listings/latest?limit=99999999999999999999",
                  "400 \"limit\" must be less than or equal to 5000"},
             Case{"/v1/cryptocurrency/listings/latest?limit=1x", "400 \"limit\" must be a number"},
             Case{"/v1/cryptocurrency/listings/latest?price_min=.",
                  "400 \"price_min\" must be a number"},
             Case{"/v1/cryptocurrency/listings/latest?price_min=1e",
                  "400 \"price_min\" must be a number"},
             Case{"/v1/cryptocurrency/listings/latest?price_min=NaN",
                  "400 \"price_min\" must be a number"},
             Case{"/v1/cryptocurrency/listings/latest?sort_dir=up",
                  "400 \"sort_dir\" must be one of [asc, desc]"},
             Case{"/v1/cryptocurrency/listings/latest?sort=a,b",
                  "400 \"sort\" must contain less than or equal to 1 items"},
             Case{"/v1/cryptocurrency/listings/latest?tag=a%07",
                  "400 Invalid value for \"tag\": \"a?\""},
             Case{"/v1/cryptocurrency/listings/historical", "400 \"date\" is required"},
             Case{"/v2/tools/price-conversion?id=1", "400 \"amount\" is required"},
             Case{"/v1/key/info?x=1", "400 \"x\" is not allowed"},
         }) {
      CAPTURE(c.target.substr(0, 120));
      CHECK(refused(c.target) == c.expected);
    }
    CHECK(refused(kV2 + "id=" + many.substr(0, many.rfind(','))).empty());
    CHECK(refused(kV2 + "id=1&convert=" + converts.substr(0, converts.rfind(','))).empty());
    CHECK(refused(kV2 + "id=999999999999999999").empty());
    CHECK(refused("/v1/cryptocurrency/listings/latest?limit=5000").empty());
  }

  TEST_CASE("targets that are not catalogued are forwarded only when they are plain") {
    struct Case {
      const char* target;
      const char* expected;
    };
    const char* const odd = "400 The request target is not a plain path";
    for (const auto& c : {
             Case{"/", "404 Not Found"},
             Case{"/health", "404 Not Found"},
             Case{"/v", "404 Not Found"},
             Case{"/v1", "404 Not Found"},
             Case{"/v1/", "404 Not Found"},
             Case{"/vx/a", "404 Not Found"},
             Case{"/public-api/", "404 Not Found"},
             Case{"", "400 The request target must be a path"},
             Case{"*", "400 The request target must be a path"},
             Case{"http://evil.example/v1/a", "400 The request target must be a path"},
             Case{"//evil.example/v1/a", odd},
             Case{"/v1//a", odd},
             Case{"/v1/./a", odd},
             Case{"/v1/../a", odd},
             Case{"/v1/a/..", odd},
             Case{"/v1/%2e%2e/a", odd},
             Case{"/v1/%2E/a", odd},
             Case{"/v1/a%2fb", odd},
             Case{"/v1/a%5cb", odd},
             Case{"/v1/a\\b", odd},
             Case{"/v1/a%00", odd},
             Case{"/v1/a%0d%0a", odd},
             Case{"/v1/%25%32%65", odd},
             Case{"/v1/%61", odd},
             Case{"/v1/a%2", odd},
             Case{"/v1/a%", odd},
             Case{"/v1/a%zz", odd},
             Case{"/v1/a b", odd},
             Case{"/v1/a\r\nX: y", odd},
             Case{"/v1/a#b", odd},
             Case{"/v1/\xc3\xa4", odd},
             Case{"/v1/a?b=\n", "400 The query is not plain ASCII"},
             Case{"/v1/a?%zz=1", "400 Invalid escape in \"%zz\""},
             Case{"/v2/cryptocurrency/quotes/latest/?id=1",
                  "404 Not Found: the path is spelled /v2/cryptocurrency/quotes/latest"},
             Case{"/v2/Cryptocurrency/Quotes/Latest?id=1",
                  "404 Not Found: the path is spelled /v2/cryptocurrency/quotes/latest"},
         }) {
      CAPTURE(c.target);
      CHECK(refused(c.target) == c.expected);
    }
    struct Forward {
      const char* target;
      const char* expected;
    };
    for (const auto& f : {Forward{"/v1/new/thing", "/v1/new/thing"},
                          Forward{"/v12/a/", "/v12/a/"},
                          Forward{"/v1/a?", "/v1/a"},
                          Forward{"/v1/a?b=1&&c", "/v1/a?b=1&c"},
                          Forward{"/v1/a?b=%2F&b=2&c=", "/v1/a?b=%2F&b=2&c="},
                          Forward{"/v1/a%20b", "/v1/a%20b"},
                          Forward{"/public-api/v2/new/thing?id=1", "/public-api/v2/new/thing?id=1"},
                          Forward{"/v1/a?CMC_PRO_API_KEY=k&b=1", "/v1/a?b=1"},
                          Forward{"/v1/a?b=1&CMC%5FPRO_API_KEY=k", "/v1/a?b=1"}}) {
      CAPTURE(f.target);
      const auto request = parsed(f.target);
      CHECK(request.endpoint == nullptr);
      CHECK(request.forward_target == f.expected);
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

  TEST_CASE("a credential is taken out wherever it stands, also of a refused request") {
    struct Case {
      const char* target;
      const char* credential;
    };
    for (const auto& c :
         {Case{"/v2/cryptocurrency/quotes/latest?id=1", ""},
          Case{"/v2/cryptocurrency/quotes/latest?id=1&CMC_PRO_API_KEY=a%2Bb", "a+b"},
          Case{"/v2/cryptocurrency/quotes/latest?bad=1&CMC_PRO_API_KEY=secret", "secret"},
          Case{"/v2/cryptocurrency/quotes/latest?id=%zz&cmc_pro_api_key=secret", "secret"},
          Case{"/v1/../x?CMC_PRO_API_KEY=secret", "secret"},
          Case{"/nowhere?CMC_PRO_API_KEY=secret", "secret"}}) {
      CAPTURE(c.target);
      Request request;
      (void)parse_target(catalogue(), c.target, request);
      CHECK(request.credential == c.credential);
      CHECK(request.query.find("secret") == std::string::npos);
      CHECK(request.forward_target.find("secret") == std::string::npos);
    }
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

  TEST_CASE("a parameter that is not listed is kept where the provider can be asked about it") {
    Request plain;
    Request red;
    Request blue;
    REQUIRE_FALSE(parse_target(catalogue(), kV2 + "id=1", plain, Unlisted::Keep));
    REQUIRE_FALSE(parse_target(catalogue(), kV2 + "id=1&colour=red", red, Unlisted::Keep));
    REQUIRE_FALSE(parse_target(catalogue(), kV2 + "colour=blue&id=1", blue, Unlisted::Keep));
    CHECK(plain.unlisted.empty());
    CHECK(strings(red.unlisted) == std::vector<std::string>{"colour"});
    // What it does to the assets of the answer nobody knows.
    CHECK(red.kind == KeyKind::None);
    CHECK(red.query.starts_with("id=1&"));
    CHECK(red.query.ends_with("&colour=red"));
    CHECK(red.items == 1);
    CHECK(std::set{keys(plain), keys(red), keys(blue)}.size() == 3);
    REQUIRE_FALSE(parse_target(catalogue(), kV2 + "id=1", red, Unlisted::Keep));
    CHECK(red.unlisted.empty());
    Request page;
    REQUIRE_FALSE(parse_target(catalogue(),
                               "/v1/cryptocurrency/listings/latest?b=%26&a=1&limit=10",
                               page,
                               Unlisted::Keep));
    CHECK(page.query == "limit=10&a=1&b=%26");
    CHECK(strings(page.unlisted) == std::vector<std::string>{"b", "a"});
  }

  TEST_CASE("a parameter that is not listed is refused where it would not help to ask") {
    struct Case {
      std::string target;
      std::string message;
    };
    const std::string quotes = kV2 + "id=1&";
    const std::string longest(64, 'x');
    for (const auto& c : {Case{quotes + "a=1&b=1&c=1&d=1", ""},
                          Case{quotes + "a=1&b=1&c=1&d=1&e=1", R"("e" is not allowed)"},
                          Case{quotes + "a=1&a=2", R"("a" must be a string)"},
                          Case{quotes + "a=x%00y", R"(Invalid value for "a": "x?y")"},
                          Case{quotes + longest + "=1", ""},
                          Case{quotes + longest + "x=1", "\"" + longest + "...\" is not allowed"},
                          Case{quotes + "=1", R"("" is not allowed)"},
                          Case{quotes + "id[]=2", R"("id[]" is not allowed)"},
                          Case{quotes + "_=17", R"("_" is not allowed)"},
                          Case{quotes + "my_key=x", R"("my_key" is not allowed)"},
                          Case{"/v1/cryptocurrency/map?colour=red", R"("colour" is not allowed)"},
                          Case{quotes + "colour=red&convert=USD&convert_id=1",
                               R"("value" contains a conflict between optional exclusive peers )"
                               R"([convert, convert_id])"}}) {
      CAPTURE(c.target);
      Request request;
      const auto refusal = parse_target(catalogue(), c.target, request, Unlisted::Keep);
      CHECK((refusal ? refusal->message : std::string()) == c.message);
    }
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

  TEST_CASE("one request asks for so many entries and no more") {
    const auto listed = [](const char* prefix, int count) {
      std::string text;
      for (int i = 1; i <= count; ++i)
        text += (i > 1 ? "," : "") + std::string(prefix) + std::to_string(i);
      return text;
    };
    Request request;
    const auto target = [&](int ids, int converts) {
      return kV2 + "id=" + listed("", ids) + "&convert=" + listed("C", converts);
    };
    CHECK_FALSE(parse_target(catalogue(), target(5000, 4), request));
    const auto refusal = parse_target(catalogue(), target(5001, 4), request);
    REQUIRE(refusal);
    CHECK(refusal->http_status == 400);
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
