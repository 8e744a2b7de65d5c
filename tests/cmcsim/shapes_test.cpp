#include <doctest/doctest.h>

#include "sim_fixture.hpp"

using namespace cmcsim;
using Keys = std::vector<std::string>;

TEST_SUITE("cmcsim::shapes") {
  TEST_CASE("old and new status envelopes differ as the provider's do") {
    SimFixture sim;
    const auto old_form = sim.get("/v2/cryptocurrency/quotes/latest?id=1");
    CHECK(old_form.keys("") == Keys{"status", "data"});
    CHECK(old_form.keys("/status") ==
          Keys{"timestamp", "error_code", "error_message", "elapsed", "credit_count", "notice"});
    CHECK(old_form.integer("/status/error_code") == 0);
    CHECK(old_form.at("/status/error_message").is_null());
    const auto new_form = sim.get("/v2/simple/price?id=1");
    CHECK(new_form.keys("/status") ==
          Keys{"timestamp", "error_code", "error_message", "elapsed", "credit_count"});
    CHECK(new_form.text("/status/error_code") == "0");
    CHECK(new_form.message().empty());
    const auto listings = sim.get("/v1/cryptocurrency/listings/latest?limit=1");
    CHECK(listings.integer("/status/total_count") > 500);
  }

  TEST_CASE("quotes are keyed as each version keys them") {
    SimFixture sim;
    CHECK(sim.get("/v2/cryptocurrency/quotes/latest?id=1027,52,1,52").keys("/data") ==
          Keys{"1", "52", "1027"});
    CHECK(sim.get("/v2/cryptocurrency/quotes/latest?slug=ethereum,bitcoin").keys("/data") ==
          Keys{"1", "1027"});
    const auto v1 = sim.get("/v1/cryptocurrency/quotes/latest?symbol=sol,btc");
    CHECK(v1.keys("/data") == Keys{"SOL", "BTC"});
    CHECK(v1.integer("/data/BTC/id") == 1);
    const auto v2 = sim.get("/v2/cryptocurrency/quotes/latest?symbol=BTC,XAUT,NOSUCH");
    CHECK(v2.keys("/data") == Keys{"BTC", "XAUt", "NOSUCH"});
    CHECK(v2.at("/data/BTC").get_array().size() >= 2);
    CHECK(v2.integer("/data/BTC/0/id") == 1);
    CHECK(v2.json("/data/NOSUCH") == "[]");
    const auto v3 = sim.get("/v3/cryptocurrency/quotes/latest?id=1,52");
    CHECK(v3.integer("/data/1/id") == 52);
    CHECK(v3.integer("/data/0/quote/0/id") == 2781);
    CHECK(v3.text("/data/0/quote/0/symbol") == "USD");
  }

  TEST_CASE("v3 quotes are keyed by id when asked to be") {
    auto options = quiet_options();
    options.v3_shape = V3Shape::Object;
    SimFixture sim(std::move(options));
    CHECK(sim.get("/v3/cryptocurrency/quotes/latest?slug=ethereum").keys("/data") == Keys{"1027"});
  }

  TEST_CASE("unknown ids are left out and not billed when invalid ones are skipped") {
    SimFixture sim;
    const auto parsed = sim.get("/v2/cryptocurrency/quotes/latest?id=1,123456789");
    CHECK(parsed.reply.status == 200);
    CHECK(parsed.keys("/data") == Keys{"1"});
    CHECK(parsed.credits() == 1);
  }

  TEST_CASE("quotes come in request order under what was asked") {
    SimFixture sim;
    const auto symbols = sim.get("/v2/cryptocurrency/quotes/latest?id=1&convert=btc,EUR,USD");
    CHECK(symbols.keys("/data/1/quote") == Keys{"BTC", "EUR", "USD"});
    CHECK(symbols.json("/data/1/quote/BTC/price") == "1");
    CHECK(symbols.credits() == 3);
    const auto ids = sim.get("/v2/cryptocurrency/quotes/latest?id=1&convert_id=2790,1");
    CHECK(ids.keys("/data/1/quote") == Keys{"2790", "1"});
    CHECK(ids.json("/data/1/quote/2790/price") == symbols.json("/data/1/quote/EUR/price"));
  }

  TEST_CASE("a fiat currency wins over a coin of its symbol") {
    Universe universe;
    universe.coins = generate_universe(30, 1).coins;
    universe.coins.back().symbol = "EUR";
    universe.fiats = built_in_fiats();
    universe.index();
    SimFixture sim(quiet_options(), std::move(universe));
    const auto parsed = sim.get("/v3/cryptocurrency/quotes/latest?id=1&convert=EUR");
    CHECK(parsed.integer("/data/0/quote/0/id") == 2790);
  }

  TEST_CASE("aux adds and removes its own fields only") {
    SimFixture sim;
    const auto parsed = sim.get("/v2/cryptocurrency/quotes/latest?id=1&aux=cmc_rank,volume_7d");
    CHECK(parsed.has("/data/1/cmc_rank"));
    CHECK(parsed.has("/data/1/slug"));
    CHECK(parsed.has("/data/1/last_updated"));
    CHECK(parsed.has("/data/1/quote/USD/volume_7d"));
    CHECK_FALSE(parsed.has("/data/1/tags"));
    CHECK_FALSE(parsed.has("/data/1/is_active"));
    CHECK_FALSE(
        sim.get("/v2/cryptocurrency/quotes/latest?id=1").has("/data/1/quote/USD/volume_7d"));
  }

  TEST_CASE("tags are strings in listings and objects in v2 quotes") {
    const auto is_tag_object = [](const ParsedReply& parsed, std::string_view pointer) {
      for (const auto tag : parsed.at(pointer).get_array()) return tag.is_object();
      return false;
    };
    auto universe = generate_universe(50, 1);
    const Coin* tagged = nullptr;
    for (const Coin* coin : universe.ranked()) {
      if (tagged == nullptr && !coin->tags.empty()) tagged = coin;
    }
    REQUIRE(tagged != nullptr);
    const std::string id = std::to_string(tagged->id);
    const std::string place = std::to_string(*tagged->rank);
    SimFixture sim(quiet_options(), std::move(universe));
    const auto quotes = sim.get("/v2/cryptocurrency/quotes/latest?id=" + id);
    CHECK(is_tag_object(quotes, "/data/" + id + "/tags"));
    const auto listings = sim.get("/v1/cryptocurrency/listings/latest?limit=1&start=" + place);
    CHECK(listings.at("/data/0/tags/0").is_string());
    CHECK_FALSE(listings.has("/data/0/is_active"));
  }

  TEST_CASE("listings page without gaps and are charged by what they return") {
    SimFixture sim;
    const auto total = sim.get("/v1/cryptocurrency/listings/latest?limit=5000");
    const auto count = total.at("/data").get_array().size();
    CHECK(total.credits() == static_cast<std::int64_t>((count + 199) / 200));
    CHECK(total.integer("/data/100/id") ==
          sim.get("/v1/cryptocurrency/listings/latest?start=101&limit=1").integer("/data/0/id"));
    const auto past = sim.get("/v1/cryptocurrency/listings/latest?start=100000");
    CHECK(past.json("/data") == "[]");
    CHECK(past.credits() == 1);
  }

  TEST_CASE("the universe holds what trips clients up") {
    SimFixture sim;
    const auto map = sim.get("/v1/cryptocurrency/map?listing_status=active,inactive,untracked");
    bool inactive = false, unranked_price = false;
    std::string tiny;
    for (const auto coin : map.at("/data").get_array()) {
      const std::int64_t id = coin["id"];
      const auto quotes = sim.get("/v2/cryptocurrency/quotes/latest?id=" + std::to_string(id));
      const std::string at = "/data/" + std::to_string(id);
      if (quotes.integer(at + "/is_active") == 0) inactive = true;
      if (quotes.at(at + "/quote/USD/price").is_null() && quotes.at(at + "/cmc_rank").is_null())
        unranked_price = true;
      for (const char* price : {"7e-8", "1.54e-12"}) {
        if (quotes.reply.body.find(fmt::format("\"price\":{},", price)) != std::string::npos)
          tiny += price;
      }
    }
    CHECK(inactive);
    CHECK(unranked_price);
    CHECK(tiny.find("7e-8") != std::string::npos);
    CHECK(tiny.find("1.54e-12") != std::string::npos);
  }

  TEST_CASE("two simulators with one seed agree, ticks and seeds change prices") {
    SimFixture first, second;
    const std::string target = "/v2/cryptocurrency/quotes/latest?id=1";
    const auto price = [&](SimFixture& sim) {
      return sim.get(target).json("/data/1/quote/USD/price");
    };
    const auto before = price(first);
    CHECK(before == price(second));
    (void)first.control("POST", "settings", R"({"tick":60})");
    const auto ticking = price(first);
    (void)first.control("POST", "clock", R"({"advance_seconds":60})");
    CHECK(price(first) != ticking);
    (void)first.control("POST", "settings", R"({"tick":0})");
    CHECK(price(first) != price(first));
  }

  TEST_CASE("paths and methods that are not served are not found") {
    SimFixture sim;
    const auto parsed = sim.get("/v9/nothing");
    CHECK(parsed.reply.status == 404);
    CHECK(parsed.integer("/statusCode") == 404);
  }

  TEST_CASE("key/info reports the plan and the usage of its own key, free of charge") {
    auto options = quiet_options();
    options.limits = {30, 0, 10000};
    SimFixture sim(std::move(options));
    sim.keep_minute();
    CHECK(sim.get("/v2/cryptocurrency/quotes/latest?id=1&convert=USD,EUR").credits() == 2);
    const auto info = sim.get("/v1/key/info");
    CHECK(info.credits() == 0);
    CHECK(info.integer("/data/plan/credit_limit_monthly") == 10000);
    CHECK(info.integer("/data/plan/rate_limit_minute") == 30);
    CHECK(info.integer("/data/usage/current_minute/requests_made") == 2);
    CHECK(info.integer("/data/usage/current_month/credits_left") == 9998);
    CHECK_FALSE(info.has("/data/plan/credit_limit_daily"));
  }
}
