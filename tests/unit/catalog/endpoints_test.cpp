// The catalogue that is compiled into the daemon.
#include <algorithm>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"

using namespace quotecached::catalog;
using namespace std::chrono_literals;

TEST_SUITE("catalog::endpoints") {
  TEST_CASE("every row is sane") {
    const auto& catalogue = Catalogue::built_in();
    CHECK(catalogue.endpoints().size() >= 90);
    std::set<std::string> paths;
    std::set<std::string> names;
    for (const auto& endpoint : catalogue.endpoints()) {
      CAPTURE(endpoint.path);
      CHECK(paths.insert(endpoint.path).second);
      CHECK(names.insert(endpoint.name).second);
      CHECK(catalogue.find(endpoint.path) == &endpoint);
      CHECK(catalogue.by_name(endpoint.name) == &endpoint);
      CHECK(&catalogue.endpoints()[catalogue.index_of(endpoint)] == &endpoint);
      CHECK(catalogue.has_family(endpoint.family));
      CHECK(endpoint.price.base >= 0);
      CHECK(endpoint.price.base <= 2);
      CHECK((endpoint.price.step == 0 || endpoint.price.step >= 100));
      CHECK(
          endpoint.name.starts_with(endpoint.path.substr(1, endpoint.path.find('/', 1) - 1) + "."));
      const bool lives = endpoint.freshness.get().fresh > 0s;
      CHECK(lives == (endpoint.family != "account" && endpoint.family != "tools"));
      CHECK((endpoint.mode == CacheMode::Never || lives));
      // What has quotes is asked for them in a currency.
      const bool has_quotes = endpoint.quote_shape != QuoteShape::None;
      CHECK(has_quotes <= std::ranges::any_of(endpoint.parameters, [](const Parameter& parameter) {
              return parameter.role == Role::Convert;
            }));
      CHECK((endpoint.mode == CacheMode::Whole || endpoint.data_shape == DataShape::Either));
      if (endpoint.mode == CacheMode::Assets && endpoint.price.step > 0) {
        CHECK(endpoint.batch == static_cast<std::size_t>(endpoint.price.step));
      }
    }
  }

  TEST_CASE("every parameter is sane") {
    for (const auto& endpoint : Catalogue::built_in().endpoints()) {
      CAPTURE(endpoint.path);
      CHECK(std::ranges::is_sorted(endpoint.parameters, {}, &Parameter::name));
      int converts = 0;
      for (const auto& parameter : endpoint.parameters) {
        CAPTURE(parameter.name);
        CHECK(parameter.name != "CMC_PRO_API_KEY");
        if (parameter.role == Role::Convert || parameter.role == Role::ConvertId) ++converts;
        if (parameter.role == Role::Convert) CHECK(parameter.default_value == "USD");
        if (parameter.role == Role::Convert) CHECK(parameter.maximum == 120);
        CHECK((parameter.maximum == 0 || parameter.maximum >= parameter.minimum));
        const bool is_enum =
            parameter.type == ValueType::Enum || parameter.type == ValueType::EnumList;
        CHECK(is_enum == !(parameter.values.empty() || parameter.type == ValueType::IdList));
      }
      CHECK((converts == 0 || converts == 2));
      CHECK((endpoint.price.per_convert == (converts == 2)));
    }
  }

  TEST_CASE("the families live as long as the provider's data does") {
    struct Row {
      const char* name;
      std::chrono::seconds fresh;
    };
    for (const auto& row : {Row{"v1.quotes", 60s},
                            Row{"v2.quotes", 60s},
                            Row{"v3.quotes", 60s},
                            Row{"v2.simple_price", 60s},
                            Row{"v3.listings", 60s},
                            Row{"v1.global_metrics", 300s},
                            Row{"v1.exchange_listings", 600s},
                            Row{"v1.map", 24h},
                            Row{"v2.info", 24h},
                            Row{"v1.fiat_map", 24h},
                            Row{"v1.trending", 30min},
                            Row{"v2.ohlcv", 10min},
                            Row{"v3.fear_and_greed", 15min},
                            Row{"v1.key_info", 0s}}) {
      CAPTURE(row.name);
      const auto* endpoint = Catalogue::built_in().by_name(row.name);
      REQUIRE(endpoint != nullptr);
      CHECK(endpoint->freshness.get().fresh == row.fresh);
    }
    const auto& quotes = *Catalogue::built_in().by_name("v2.quotes");
    CHECK(quotes.freshness.get().stale_while_revalidate == 60s);
    CHECK(quotes.freshness.get().stale_if_error == 24h);
  }

  TEST_CASE("shapes follow the generation of the endpoint") {
    const auto& catalogue = Catalogue::built_in();
    const auto& v1 = *catalogue.by_name("v1.quotes");
    const auto& v2 = *catalogue.by_name("v2.quotes");
    const auto& v3 = *catalogue.by_name("v3.quotes");
    const auto& simple = *catalogue.by_name("v2.simple_price");
    CHECK_FALSE(v1.symbols_are_lists);
    CHECK(v2.symbols_are_lists);
    CHECK(v1.quote_shape == QuoteShape::Object);
    CHECK(v2.quote_shape == QuoteShape::Object);
    CHECK(v3.quote_shape == QuoteShape::Array);
    CHECK_FALSE(v2.data_is_array);
    CHECK(v3.data_is_array);
    CHECK(simple.quote_field == "quotes");
    CHECK(simple.batch == 250);
    CHECK(catalogue.by_name("v1.key_info")->mode == CacheMode::Never);
    CHECK(catalogue.by_name("v1.postman")->mode == CacheMode::Never);  // no answer to cut
    CHECK(catalogue.by_name("v1.dex_tokens")->forwards_post);
  }

  TEST_CASE("freshness of one family is replaced in all its endpoints and in no other") {
    Catalogue mine = Catalogue::built_in();
    mine.set_freshness("quotes",
                       {.fresh = 120s, .stale_while_revalidate = 5s, .stale_if_error = 1h});
    for (const auto& endpoint : mine.endpoints()) {
      CAPTURE(endpoint.name);
      const auto& before = Catalogue::built_in().endpoints()[mine.index_of(endpoint)];
      const auto expected = endpoint.family == "quotes" ? 120s : before.freshness.get().fresh;
      CHECK(endpoint.freshness.get().fresh == expected);
    }
    CHECK_THROWS(mine.set_freshness("quote", {}));
    CHECK_FALSE(mine.has_family("quote"));
    const auto families = mine.families();
    CHECK(std::ranges::is_sorted(families));
    CHECK(std::ranges::adjacent_find(families) == families.end());
    CHECK(std::ranges::find(families, "quotes") != families.end());
  }

  TEST_CASE("a path is found exactly or not at all") {
    const auto& catalogue = Catalogue::built_in();
    for (const auto* path : {"",
                             "/",
                             "/v2/cryptocurrency/quotes/latest/",
                             "/v2/cryptocurrency/quotes",
                             "/V2/cryptocurrency/quotes/latest",
                             "v2/cryptocurrency/quotes/latest"}) {
      CAPTURE(path);
      CHECK(catalogue.find(path) == nullptr);
    }
  }
}
