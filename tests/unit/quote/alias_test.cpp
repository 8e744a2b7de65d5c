#include "quote/alias.hpp"

#include <random>

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
                                                            "99999999999999999999",
                                                            "1 2",
                                                            "1-2",
                                                            "1,",
                                                            ",1",
                                                            "[1]",
                                                            "\"BTC\"1",
                                                            "\"BTC\",1",
                                                            "\"BTC\":1,2",
                                                            "\"BTC\":[1",
                                                            "\"BTC\":[1,]",
                                                            "\"BTC\":[1]]",
                                                            "\"BTC\":[[1]]",
                                                            "\"BTC\":[1],\"ETH\":[2]"}) {
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

  // Tiers that are shared may hold anything.
  TEST_CASE("whatever stands in an alias or a fragment, it is read within its bounds") {
    std::mt19937_64 random(3);
    const std::string alias = R"("BTC":[1,-31469])";
    const std::string fragment = "\"BTC\":[" + kBitcoin + "," + kNamesake + "]";
    const std::string_view bytes = "\"\\{}[],:-019 ax";
    const auto spoilt = [&](std::string text) {
      for (auto left = 1 + random() % 3; left > 0; --left)
        text[random() % text.size()] = bytes[random() % bytes.size()];
      if (random() % 4 == 0) text.resize(random() % text.size());
      return std::string(text.begin(), text.end());
    };
    std::size_t good = 0;
    for (int round = 0; round < 20'000; ++round) {
      const Fragment by_name{spoilt(fragment), {{1, 5, 9}, {31469, 1, 4'000'000'000}}};
      const auto parts = spell_by_id(by_name);
      Parts by_id;
      for (const auto& part : parts) by_id.push_back(&part.fragment);
      const auto text = spoilt(alias);
      if (const auto ids = ids_in(text)) CHECK(ids->size() <= kMostAssetsOfAlias);
      const auto spelled = spell_by_name(text, KeyKind::Symbol, "BTC", by_id);
      if (spelled) ++good;
      (void)alias_of(by_name, KeyKind::Symbol);
      (void)slug_told(by_name);
    }
    CHECK(good > 0);
    CHECK(good < 20'000);
  }

  TEST_CASE("a slug is told by the one asset of a fragment") {
    CHECK(slug_told({"\"1\":" + kBitcoin, {}}).slug == "bitcoin");
    CHECK(slug_told({kBitcoin, {}}).slug == "bitcoin");
    const Fragment keyed{"\"1\":" + kBitcoin, {}};
    CHECK(slug_told(keyed).alias == alias_of(keyed, catalog::KeyKind::Slug));
    CHECK(slug_told(keyed).alias == "\"1\":1");
    CHECK(slug_told({kBitcoin + "," + kNamesake, {}}).slug.empty());
    CHECK(slug_told({R"({"id":1,"slug":"a\u0062"})", {}}).slug.empty());
    CHECK(slug_told({R"({"id":1})", {}}).slug.empty());
  }
}
