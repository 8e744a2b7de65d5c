#include "validation.hpp"

#include <doctest/doctest.h>

#include "sim_fixture.hpp"

using namespace cmcsim;

TEST_SUITE("cmcsim::validation") {
  TEST_CASE("a bad parameter is answered 400 with the provider's text and costs nothing") {
    struct Row {
      const char *target, *message;
    };
    const Row rows[] = {
        {"/v2/cryptocurrency/quotes/latest",
         R"("value" must contain at least one of [id, symbol, slug])"},
        {"/v2/cryptocurrency/info",
         R"("value" must contain at least one of [id, symbol, slug, address])"},
        {"/v2/cryptocurrency/quotes/latest?id=1&colour=red", R"("colour" is not allowed)"},
        {"/v1/key/info?id=1", R"("id" is not allowed)"},
        {"/v1/cryptocurrency/listings/latest?id=1", R"("id" is not allowed)"},
        {"/v2/cryptocurrency/quotes/latest?id=", R"("id" is not allowed to be empty)"},
        {"/v2/cryptocurrency/quotes/latest?id=1,x",
         R"("id" with value "1,x" fails to match the required pattern: /^\d+(?:,\d+)*$/)"},
        {"/v2/cryptocurrency/quotes/latest?symbol=A.I",
         R"("symbol" with value "A.I" fails to match the required pattern: /^[0-9A-Za-z$@\-,]+(?:,[0-9A-Za-z$@\-]+)*$/)"},
        {"/v2/cryptocurrency/quotes/latest?slug=Bitcoin",
         R"("slug" with value "Bitcoin" fails to match the required pattern: /^[0-9a-z-]+(?:,[0-9a-z-]+)*$/)"},
        {"/v2/cryptocurrency/quotes/latest?id=1&skip_invalid=yes",
         R"("skip_invalid" must be a boolean)"},
        {"/v2/cryptocurrency/quotes/latest?id=1&convert=ZZZ",
         R"(Invalid value for "convert": "ZZZ")"},
        {"/v2/cryptocurrency/quotes/latest?id=1&convert=USD&convert_id=1",
         R"("value" contains a conflict between optional exclusive peers [convert, convert_id])"},
        {"/v2/cryptocurrency/quotes/latest?id=1,123456789&skip_invalid=false",
         R"(Invalid value for "id": "123456789")"},
        {"/v2/cryptocurrency/quotes/latest?symbol=BTC,AAAAAA,BBBBBB&skip_invalid=false",
         R"(Invalid values for "symbol": "AAAAAA,BBBBBB")"},
        {"/v2/cryptocurrency/info?id=1,123456789", R"(Invalid value for "id": "123456789")"},
        {"/v1/cryptocurrency/map?symbol=AAAAAA", R"(Invalid value for "symbol": "AAAAAA")"},
        {"/v1/cryptocurrency/listings/latest?limit=0",
         R"("limit" must be larger than or equal to 1)"},
        {"/v1/cryptocurrency/listings/latest?limit=5001",
         R"("limit" must be less than or equal to 5000)"},
        {"/v1/cryptocurrency/listings/latest?limit=1.5", R"("limit" must be an integer)"},
        {"/v1/cryptocurrency/listings/latest?limit=ten", R"("limit" must be a number)"},
        {"/v1/cryptocurrency/map?sort=name", R"("sort" must be one of [id, cmc_rank])"},
        {"/v2/tools/price-conversion?id=1", R"("amount" is required)"},
    };
    SimFixture sim;
    for (const Row& row : rows) {
      CAPTURE(row.target);
      const auto parsed = sim.get(row.target);
      CHECK(parsed.reply.status == 400);
      CHECK(parsed.integer("/status/error_code") == 400);
      CHECK(parsed.message() == row.message);
      CHECK(parsed.credits() == 0);
      CHECK_FALSE(parsed.has("/data"));
    }
    CHECK(sim.control("GET", "stats").integer("/credits_charged") == 0);
  }

  TEST_CASE("lists match the documented patterns at their edges") {
    for (const char* good : {"1", "1,2", "0012"}) {
      CAPTURE(good);
      CHECK(is_id_list(good));
    }
    for (const char* bad : {"", ",", "1,", ",1", "1,,2", "1 ,2", "-1", "1.0"}) {
      CAPTURE(bad);
      CHECK_FALSE(is_id_list(bad));
    }
    for (const char* good : {"BTC", "btc,$A@-9", "A,,B", ",A"}) {
      CAPTURE(good);
      CHECK(is_symbol_list(good));
    }
    for (const char* bad : {"", "A B", "A.B", "(A)", "A+"}) {
      CAPTURE(bad);
      CHECK_FALSE(is_symbol_list(bad));
    }
    CHECK(is_slug_list("polkadot-new,1inch"));
    CHECK_FALSE(is_slug_list("Bitcoin"));
  }

  TEST_CASE("keys are checked before parameters") {
    auto options = quiet_options();
    options.keys = {"right"};
    SimFixture sim(std::move(options));
    const auto missing = sim.get("/v1/fiat/map?nonsense=1", "");
    CHECK(missing.reply.status == 401);
    CHECK(missing.integer("/status/error_code") == 1002);
    const auto wrong = sim.get("/v1/fiat/map", "wrong");
    CHECK(wrong.reply.status == 401);
    CHECK(wrong.integer("/status/error_code") == 1001);
    CHECK(sim.get("/v1/fiat/map", "right").reply.status == 200);
    CHECK(sim.get("/v1/fiat/map?CMC_PRO_API_KEY=right", "").reply.status == 200);
    CHECK(sim.get("/v2/simple/price?id=1", "").text("/status/error_code") == "1002");
  }
}
