#include "quote/alias.hpp"

#include <doctest/doctest.h>

#include "answers.hpp"
#include "quote/named_asset.hpp"

TEST_SUITE("quote::alias") {
  using namespace quotecached;
  using namespace quotecached::quote;
  using namespace quotecached::quote::test;

  using Ids = std::vector<std::uint64_t>;
  using Parts = std::vector<const Fragment*>;

  const std::string kBitcoin =
      R"({"id":1,"name":"Bit \"{coin","symbol":"BTC","slug":"bitcoin","is_active":1,"quote":{"USD":{"price":7e-8}}})";
  const std::string kNamesake =
      R"({"id":31469,"symbol":"BTC","slug":"other","is_active":0,"quote":{"USD":{"price":null}}})";

  // A fragment with a slot for each of its quotes.
  Fragment fragment_of(const std::string& text) {
    Fragment fragment{text, {}};
    const auto assets = assets_in(text);
    REQUIRE(assets);
    for (const auto& asset : *assets) {
      const auto begin = text.find(R"("quote":{)", asset.begin) + 9;
      const auto end = text.find("}}", begin) + 1;
      fragment.slots.push_back(
          {asset.id, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
    }
    return fragment;
  }

  std::string quote_in(const Fragment& fragment, std::size_t slot) {
    const auto& at = fragment.slots.at(slot);
    return fragment.text.substr(at.begin, at.end - at.begin);
  }

  TEST_CASE("an alias is the fragment of a name with ids in the place of assets") {
    struct Row {
      const char* name;
      KeyKind kind;
      std::string fragment;
      std::string alias;
      Ids ids;
    };
    for (const auto& row :
         {Row{"v1 by symbol", KeyKind::Symbol, "\"BTC\":" + kBitcoin, R"("BTC":1)", {1}},
          Row{"v2 by symbol, one of them inactive",
              KeyKind::Symbol,
              "\"BTC\":[" + kBitcoin + "," + kNamesake + "]",
              R"("BTC":[1,-31469])",
              {1, 31469}},
          Row{"a slug is of one asset, active or not",
              KeyKind::Slug,
              "\"31469\":" + kNamesake,
              R"("31469":31469)",
              {31469}},
          Row{"keyed by slug", KeyKind::Slug, "\"bitcoin\":" + kBitcoin, R"("bitcoin":1)", {1}},
          Row{"elements of an array",
              KeyKind::Symbol,
              kNamesake + "," + kBitcoin,
              "-31469,1",
              {31469, 1}},
          Row{"a label that looks like an id",
              KeyKind::Symbol,
              "\"42\":" + kBitcoin,
              R"("42":1)",
              {1}},
          Row{"a label with escapes",
              KeyKind::Symbol,
              R"("B\"1,2":)" + kBitcoin,
              R"("B\"1,2":1)",
              {1}},
          Row{"white space",
              KeyKind::Symbol,
              "\"BTC\" : [\n " + kBitcoin + "\n]",
              "\"BTC\" : [\n 1\n]",
              {1}}}) {
      CAPTURE(row.name);
      CHECK(alias_of({row.fragment, {}}, row.kind) == row.alias);
      CHECK(ids_in(row.alias) == row.ids);
    }
  }

  TEST_CASE("what is no fragment tells no alias, and what is no alias leads nowhere") {
    for (const std::string& text : std::vector<std::string>{"",
                                                            "{",
                                                            "\"BTC\":[]",
                                                            R"("BTC":{"symbol":"BTC"})",
                                                            R"("BTC":{"id":"x"})",
                                                            R"("BTC":{"id":1)",
                                                            R"("BTC":{"id":1,"a":"})",
                                                            R"("BTC":{"id":1,"a":[{"b":1})",
                                                            R"("BTC":null)",
                                                            "\"BTC"}) {
      CAPTURE(text);
      CHECK(alias_of({text, {}}, KeyKind::Symbol).empty());
      CHECK(spell_by_id({text, {}}).empty());
    }
    for (const std::string& text : std::vector<std::string>{"",
                                                            "\"BTC\":",
                                                            "\"BTC",
                                                            "1,x",
                                                            "1,1",
                                                            "-",
                                                            "--1",
                                                            "1.5",
                                                            "{1}",
                                                            "99999999999999999999"}) {
      CAPTURE(text);
      CHECK_FALSE(ids_in(text).has_value());
    }
    std::string many = "1";
    for (std::size_t id = 2; id <= kMostAssetsOfAlias; ++id) many += "," + std::to_string(id);
    CHECK(ids_in(many).value().size() == kMostAssetsOfAlias);
    CHECK_FALSE(ids_in(many + ",1000").has_value());
  }

  TEST_CASE("entries by id are spelled as the name, with the quotes where they then stand") {
    const auto one = fragment_of("\"1\":" + kBitcoin);
    const auto two = fragment_of("\"31469\":" + kNamesake);
    const auto spelled =
        spell_by_name(R"("BTC":[1,-31469])", KeyKind::Symbol, "BTC", Parts{&one, &two});
    REQUIRE(spelled);
    CHECK(spelled->text == "\"BTC\":[" + kBitcoin + "," + kNamesake + "]");
    CHECK(*spelled == fragment_of(spelled->text));
    CHECK(quote_in(*spelled, 0) == R"("USD":{"price":7e-8})");
    CHECK(quote_in(*spelled, 1) == R"("USD":{"price":null})");
  }

  TEST_CASE("the assets of a name are spelled by id, and back again") {
    for (const auto& text :
         std::vector<std::string>{"\"BTC\":[" + kBitcoin + "," + kNamesake + "]",
                                  "\"BTC\": [\n" + kBitcoin + "  , " + kNamesake + "\n]",
                                  kBitcoin + "," + kNamesake,
                                  "\"1\":" + kBitcoin + ",\"31469\":" + kNamesake}) {
      CAPTURE(text);
      const auto by_name = fragment_of(text);
      const auto by_id = spell_by_id(by_name);
      REQUIRE(by_id.size() == 2);
      CHECK(by_id[0].id == 1);
      CHECK(by_id[1].id == 31469);
      const bool is_array = text.front() == '{';
      const bool has_space = text.find("\": [") != std::string::npos;
      const std::string label = is_array ? "" : has_space ? "\"1\": " : "\"1\":";
      CHECK(by_id[0].fragment == fragment_of(label + kBitcoin));
      CHECK(quote_in(by_id[1].fragment, 0) == R"("USD":{"price":null})");
      const auto back = spell_by_name(alias_of(by_name, KeyKind::Symbol),
                                      KeyKind::Symbol,
                                      "BTC",
                                      Parts{&by_id[0].fragment, &by_id[1].fragment});
      CHECK(back == by_name);
    }
  }

  TEST_CASE("an entry answers for a name only while it carries it") {
    struct Row {
      const char* name;
      std::string alias;
      KeyKind kind;
      std::string asked;
      std::string asset;
      bool is_good;
    };
    const auto asset = [](const std::string& members) { return "\"1\":{\"id\":1" + members + "}"; };
    for (const auto& row :
         {Row{"symbol", "\"BTC\":1", KeyKind::Symbol, "BTC", asset(R"(,"symbol":"BTC")"), true},
          Row{"symbol in small letters",
              "\"XAUt\":1",
              KeyKind::Symbol,
              "XAUT",
              asset(R"(,"symbol":"XAUt")"),
              true},
          Row{"another symbol",
              "\"BTC\":1",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"symbol":"BTCB")"),
              false},
          Row{"the symbol as a slug",
              "\"BTC\":1",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"slug":"BTC")"),
              false},
          Row{"no symbol", "\"BTC\":1", KeyKind::Symbol, "BTC", asset(""), false},
          Row{"a symbol that is null",
              "\"BTC\":1",
              KeyKind::Symbol,
              "NULL",
              asset(R"(,"symbol":null)"),
              false},
          Row{"slug", "\"1\":1", KeyKind::Slug, "bitcoin", asset(R"(,"slug":"bitcoin")"), true},
          Row{"slug in other letters",
              "\"1\":1",
              KeyKind::Slug,
              "bitcoin",
              asset(R"(,"slug":"Bitcoin")"),
              false},
          Row{"another slug",
              "\"1\":1",
              KeyKind::Slug,
              "bitcoin",
              asset(R"(,"slug":"bitcoin-old")"),
              false},
          Row{"a nested symbol is not its own",
              "\"BTC\":1",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"platform":{"symbol":"BTC"})"),
              false},
          Row{"another id",
              "\"BTC\":2",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"symbol":"BTC")"),
              false},
          Row{"more ids",
              "\"BTC\":[1,2]",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"symbol":"BTC")"),
              false},
          Row{"still active",
              "\"BTC\":1",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"symbol":"BTC","is_active":1)"),
              true},
          Row{"inactive since",
              "\"BTC\":1",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"symbol":"BTC","is_active":0)"),
              false},
          Row{"still inactive",
              "\"BTC\":-1",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"symbol":"BTC","is_active":0)"),
              true},
          Row{"active again",
              "\"BTC\":-1",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"symbol":"BTC","is_active":true)"),
              false},
          Row{"inactive, not asked whether",
              "\"BTC\":-1",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"symbol":"BTC")"),
              true},
          Row{"a slug of what is inactive",
              "\"1\":1",
              KeyKind::Slug,
              "bitcoin",
              asset(R"(,"slug":"bitcoin","is_active":0)"),
              true},
          Row{"an id is no name",
              "\"1\":1",
              KeyKind::Id,
              "1",
              asset(R"(,"symbol":"1","slug":"1")"),
              false},
          Row{"several assets",
              "\"BTC\":1",
              KeyKind::Symbol,
              "BTC",
              R"("BTC":[{"id":1,"symbol":"BTC"},{"id":2,"symbol":"BTC"}])",
              false},
          Row{"nothing readable", "\"BTC\":1", KeyKind::Symbol, "BTC", "\"1\":{\"id\":1", false}}) {
      CAPTURE(row.name);
      const Fragment fragment{row.asset, {}};
      const auto spelled = spell_by_name(row.alias, row.kind, row.asked, Parts{&fragment});
      CHECK(spelled.has_value() == row.is_good);
    }
  }

  TEST_CASE("a slug is told by the one asset of a fragment") {
    CHECK(slug_in({"\"1\":" + kBitcoin, {}}) == "bitcoin");
    CHECK(slug_in({kBitcoin, {}}) == "bitcoin");
    CHECK(slug_in({kBitcoin + "," + kNamesake, {}}).empty());
    CHECK(slug_in({R"({"id":1,"slug":"a\u0062"})", {}}).empty());
    CHECK(slug_in({R"({"id":1})", {}}).empty());
  }
}
