#include "cache/purge_pattern.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "cache/asset_names.hpp"
#include "cache/purges.hpp"
#include "fakes.hpp"

using namespace quotecached;
using namespace quotecached::cache;
using test::make_entry;

namespace {

constexpr const char* kBitcoin =
    R"("1":{"id":1,"name":"Bitcoin","symbol":"BTC","slug":"bitcoin","platform":null,)"
    R"("quote":{"USD":{"price":1}}})";
constexpr const char* kToken =
    R"("7083":{"id":7083,"symbol":"UNI","slug":"uniswap",)"
    R"("platform":{"id":1027,"symbol":"ETH","slug":"ethereum"},"quote":[{"id":2781,"symbol":"USD"}]})";
constexpr const char* kList =
    R"([{"id": 1,"symbol":"BTC"} , {"id":7083,"symbol":"UNI","platform":{"id":1027,"symbol":"ETH"},)"
    R"("quote":{"USD":{"price":1}}}])";

PurgePattern of_assets(std::vector<std::string> ids,
                       std::vector<std::string> symbols = {},
                       std::vector<std::string> slugs = {}) {
  PurgePattern pattern;
  pattern.ids = std::move(ids);
  pattern.symbols = std::move(symbols);
  pattern.slugs = std::move(slugs);
  pattern.normalise();
  return pattern;
}

}  // namespace

TEST_SUITE("cache::PurgePattern") {
  TEST_CASE("assets: under each name, in each list, and no token for its platform") {
    struct Row {
      const char* name;
      PurgePattern pattern;
      const char* key;
      const char* text;
      bool is_covered;
    };
    const std::vector<Row> rows{
        {"the id in the key", of_assets({"1"}), "qc1:v2.quotes:id:1:USD:-", "", true},
        {"another id", of_assets({"1"}), "qc1:v2.quotes:id:11:USD:-", kToken, false},
        {"the convert is no id",
         of_assets({"2781"}),
         "qc1:v2.quotes:id:1:#2781:-",
         kBitcoin,
         false},
        {"by symbol, under an id",
         of_assets({}, {"BTC"}),
         "qc1:v2.quotes:id:1:USD:-",
         kBitcoin,
         true},
        {"by slug, under an id",
         of_assets({}, {}, {"bitcoin"}),
         "qc1:v2.quotes:id:1:USD:-",
         kBitcoin,
         true},
        {"by id, under a symbol", of_assets({"1"}), "qc1:v2.info:symbol:BTC:-:-", kBitcoin, true},
        {"by id, under a slug",
         of_assets({"1"}),
         "qc1:v2.quotes:slug:bitcoin:USD:-",
         kBitcoin,
         true},
        {"a negative entry by name",
         of_assets({}, {"NOPE"}),
         "qc1:v2.quotes:symbol:NOPE:USD:-",
         "",
         true},
        {"the platform's id", of_assets({"1027"}), "qc1:v2.info:symbol:UNI:-:-", kToken, false},
        {"the platform's symbol",
         of_assets({}, {"ETH"}),
         "qc1:v2.quotes:id:7083:USD:-",
         kToken,
         false},
        {"the quote's symbol",
         of_assets({}, {"USD"}),
         "qc1:v2.quotes:id:7083:USD:-",
         kToken,
         false},
        {"in a list by id", of_assets({"7083"}), "qc1:v3.listings:query:limit=2", kList, true},
        {"in a list by symbol",
         of_assets({}, {"UNI"}),
         "qc1:v3.listings:query:limit=2",
         kList,
         true},
        {"not in the list",
         of_assets({"1027"}, {"ETH"}),
         "qc1:v3.listings:query:limit=2",
         kList,
         false},
        {"asked for in a query", of_assets({"5"}), "qc1:v2.x:query:convert=USD&id=4,5", "{}", true},
        {"not quite asked for", of_assets({"5"}), "qc1:v2.x:query:my_id=5&id=55", "{}", false},
        {"an alias by its name",
         of_assets({}, {"BTC"}),
         "qc1:alias:v2.quotes:symbol:BTC",
         "\"BTC\":1",
         true},
        {"another alias",
         of_assets({}, {"BTC"}),
         "qc1:alias:v2.quotes:symbol:BTCB",
         "\"BTCB\":2",
         false},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      CHECK(covers(row.pattern, row.key, *make_entry(row.text)) == row.is_covered);
    }
  }

  TEST_CASE("what quotes are of is told by their slots where the text does not say") {
    auto entry = std::make_shared<Entry>(*make_entry("\"BTC\":[{}]"));
    entry->fragment.slots = {{31469, 1, 2}, {1, 3, 4}};
    CHECK(covers(of_assets({"1"}), "qc1:v2.quotes:symbol:BTC:USD:-", *entry));
    CHECK_FALSE(covers(of_assets({"2"}), "qc1:v2.quotes:symbol:BTC:USD:-", *entry));
  }

  TEST_CASE("each list that is given must agree") {
    PurgePattern pattern = of_assets({"1"});
    pattern.endpoints = {"v2.quotes"};
    pattern.converts = {"EUR"};
    const auto entry = make_entry(kBitcoin);
    CHECK(covers(pattern, "qc1:v2.quotes:id:1:EUR:-", *entry));
    CHECK_FALSE(covers(pattern, "qc1:v1.quotes:id:1:EUR:-", *entry));
    CHECK_FALSE(covers(pattern, "qc1:v2.quotes:id:1:USD:-", *entry));
    CHECK_FALSE(covers(pattern, "qc1:v2.quotes:id:2:EUR:-", *make_entry("")));
  }

  TEST_CASE("currencies: of a key, by id, of a query, and as a list's quotes say") {
    PurgePattern pattern;
    pattern.converts = {"2781", "USD"};
    const auto list = make_entry(kList);
    CHECK(covers(pattern, "qc1:v2.quotes:id:1:USD:-", *list));
    CHECK(covers(pattern, "qc1:v2.quotes:id:1:#2781:-", *list));
    CHECK_FALSE(covers(pattern, "qc1:v2.quotes:id:1:#2782:-", *list));
    CHECK(covers(pattern, "qc1:v3.listings:query:limit=2", *list));
    CHECK(covers(pattern, "qc1:v3.listings:query:convert=EUR,USD", *make_entry("[]")));
    CHECK_FALSE(covers(pattern, "qc1:v3.listings:query:convert=EUR", *make_entry("[]")));
    CHECK_FALSE(covers(pattern, "qc1:alias:v2.quotes:symbol:USD", *make_entry("\"USD\":1")));
  }

  TEST_CASE("what is priced in a coin goes with it") {
    auto made = PurgePattern{};
    made.ids = {"1"};
    made.quoted = {"1", "BTC"};
    made.normalise();
    struct Row {
      const char* key;
      bool is_covered;
    };
    for (const auto& row : {Row{"qc1:v2.quotes:id:1027:BTC:-", true},
                            Row{"qc1:v2.quotes:symbol:ETH:BTC:-", true},
                            Row{"qc1:v2.quotes:id:1027:#1:-", true},
                            Row{"qc1:v2.quotes:id:1027:USD:-", false},
                            Row{"qc1:v2.quotes:id:1027:#1027:-", false},
                            Row{"qc1:v1.listings:query:convert=BTC,USD&limit=5", true},
                            Row{"qc1:v1.listings:query:convert_id=1&limit=5", true},
                            Row{"qc1:v1.listings:query:convert=ETH&limit=5", false},
                            Row{"qc1:alias:v2.quotes:symbol:BTC", false}}) {
      CAPTURE(row.key);
      CHECK(covers(made, row.key, Entry{}) == row.is_covered);
    }
    made.converts = {"USD"};  // both must agree
    CHECK_FALSE(covers(made, "qc1:v2.quotes:id:1027:BTC:-", Entry{}));
  }

  TEST_CASE("globs are of whole keys") {
    struct Row {
      const char* glob;
      const char* text;
      bool matches;
    };
    for (const auto& row : std::vector<Row>{{"*", "", true},
                                            {"", "", true},
                                            {"", "a", false},
                                            {"a*c", "abbc", true},
                                            {"a*c", "abb", false},
                                            {"a?c", "abc", true},
                                            {"a?c", "ac", false},
                                            {"*b*", "abc", true},
                                            {"a**", "a", true},
                                            {"*aab", "aaaab", true},
                                            {"qc1:v2.*:id:1:*", "qc1:v2.quotes:id:1:USD:-", true},
                                            {"qc1:v2.*:id:1:*", "qc1:v2.quotes:id:11:USD:-", false},
                                            {"*.quotes:*", "qc1:v2_quotes:id", false}}) {
      CAPTURE(row.glob);
      CAPTURE(row.text);
      CHECK(matches_glob(row.glob, row.text) == row.matches);
    }
    const std::string many(200, '*');
    CHECK_FALSE(matches_glob(many + "b", std::string(20'000, 'a')));
  }

  TEST_CASE("text that is no JSON ends the search") {
    const std::vector<std::string> ids{"1"};
    const std::vector<std::string> none;
    for (const std::string text : {"",
                                   "\"",
                                   "\"id",
                                   "\"id\"",
                                   "\"id\":",
                                   "\"id\":\"",
                                   "\"platform\":{",
                                   "\"quote\":[[\"",
                                   "\"a\\",
                                   "\"platform\":}",
                                   "{\"id\":\"1"}) {
      CAPTURE(text);
      CHECK_FALSE(tells_of_any(text, {ids, none, none}));
    }
    CHECK(tells_of_any("{\"a\\\"\":\"id\",\"id\" : \"1\"}", {ids, none, none}));
    CHECK(tells_of_any("{\"platform\":null,\"id\":1}", {ids, none, none}));
    CHECK(tells_of_any("{\"quote\":\"x\",\"id\":1}", {ids, none, none}));
    CHECK_FALSE(tells_of_any("{\"x\":\"id\",\"y\":1}", {ids, none, none}));
  }

  TEST_CASE("a rule covers what was fetched by its moment, not what came after") {
    Purges purges;
    const auto key = "qc1:v2.quotes:id:1:USD:-";
    CHECK_FALSE(purges.covers(key, *make_entry("")));
    const auto before = test::kNow - milliseconds(1000);
    purges.set(
        {{of_assets({"2"}), test::kNow, test::kNow}, {of_assets({"1"}), before, test::kNow}});
    CHECK(purges.covers(key, *make_entry("", milliseconds(1001))));
    CHECK(purges.covers(key, *make_entry("", milliseconds(1000))));
    CHECK_FALSE(purges.covers(key, *make_entry("", milliseconds(999))));
    purges.set({});
    CHECK_FALSE(purges.covers(key, *make_entry("", milliseconds(1001))));
  }
}
