// What of a request is refused, and in which words; what is forwarded or asked about instead.
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "catalog/request.hpp"
#include "parsed.hpp"

using namespace quotecached::catalog;
using namespace quotecached::catalog::test;

TEST_SUITE("catalog::Request") {
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
}
