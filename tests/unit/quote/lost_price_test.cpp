#include "quote/lost_price.hpp"

#include <doctest/doctest.h>

#include "answers.hpp"

TEST_SUITE("quote::lost_price") {
  using namespace quotecached;
  using namespace quotecached::quote;
  using namespace quotecached::quote::test;

  struct Cut1 {
    Fragment fragment;
    bool is_flawed = false;
  };

  Cut1 cut_one(QuoteShape shape, KeyKind kind, const char* name, const std::string& data) {
    const Want want{kind, {name}};
    auto result = cut(endpoint(shape), want.view(), answer(data));
    REQUIRE(result);
    REQUIRE(result->fragments.size() == 1);
    return {result->fragments[0].fragment, result->fragments[0].flaw != PriceFlaw::None};
  }

  bool is_lost(const Cut1& held, const Cut1& brought) {
    return lost_price(held.fragment, brought.fragment, brought.is_flawed);
  }

  TEST_CASE("whatever stands in place of a good price") {
    const auto priced = [](const std::string& price) {
      return cut_one(QuoteShape::Object,
                     KeyKind::Id,
                     "1",
                     R"({"1":{"id":1,"quote":{ "USD" : {"price":)" + price + "}}}}");
    };
    const auto in_array = [](const std::string& price) {
      return cut_one(QuoteShape::Array,
                     KeyKind::Id,
                     "1",
                     R"([{"id":1,"quote":[ {"symbol":"USD","price":)" + price + "}]}]");
    };
    for (const char* flaw : {"0",
                             "0.0",
                             "-0",
                             "0e7",
                             "-1",
                             "-7e-8",
                             "null",
                             "\"700.5\"",
                             "true",
                             "{}",
                             "[]",
                             "1e999",
                             "-1e999",
                             "1e-999"}) {
      CAPTURE(flaw);
      CHECK(priced(flaw).is_flawed);
      CHECK(is_lost(priced("700.5"), priced(flaw)));
      CHECK(is_lost(in_array("700.5"), in_array(flaw)));
      CHECK_FALSE(is_lost(priced(flaw), priced("0")));
      CHECK_FALSE(is_lost(priced(flaw), priced("1")));
    }
    for (const char* good : {"1", "7e-8", "1.54e-12", "100000000000000000000000000000", "0.1"}) {
      CAPTURE(good);
      CHECK_FALSE(priced(good).is_flawed);
      CHECK_FALSE(is_lost(priced("700.5"), priced(good)));
    }
  }

  TEST_CASE("of coins that share a symbol each is held against itself") {
    const auto coins = [](const std::string& first, const std::string& second) {
      return cut_one(QuoteShape::Object,
                     KeyKind::Symbol,
                     "A",
                     R"({"A":[{"id":1,"symbol":"A","quote":{"USD":{"price":)" + first +
                         R"(}}},{"id":2,"symbol":"A","quote":{"USD":{"price":)" + second + "}}}]}");
    };
    const auto alone = cut_one(QuoteShape::Object,
                               KeyKind::Symbol,
                               "A",
                               R"({"A":[{"id":2,"symbol":"A","quote":{"USD":{"price":1}}}]})");
    CHECK_FALSE(is_lost(coins("1", "null"), coins("2", "null")));
    CHECK(is_lost(coins("1", "null"), coins("0", "null")));
    CHECK(is_lost(coins("1", "null"), alone));
    CHECK_FALSE(is_lost(coins("null", "1"), alone));
    CHECK_FALSE(is_lost(alone, coins("null", "2")));
  }

  TEST_CASE("a name that changed hands has lost no price, a list that became shorter has") {
    const auto named = [](std::initializer_list<const char*> ids) {
      std::string list;
      for (const auto* id : ids) {
        if (!list.empty()) list += ',';
        list += std::string(R"({"id":)") + id + R"(,"symbol":"A","quote":{"USD":{"price":1}}})";
      }
      return cut_one(QuoteShape::Object, KeyKind::Symbol, "A", "{\"A\":[" + list + "]}");
    };
    CHECK_FALSE(is_lost(named({"1"}), named({"2"})));
    CHECK_FALSE(is_lost(named({"1", "2"}), named({"1", "3"})));
    CHECK_FALSE(is_lost(named({"1"}), named({"2", "3"})));
    CHECK(is_lost(named({"1", "2"}), named({"1"})));
    CHECK(is_lost(named({"1", "2"}), named({"3"})));
  }

  TEST_CASE("a copy that cannot be read holds nothing") {
    const auto flawed = cut_one(
        QuoteShape::Object, KeyKind::Id, "1", R"({"1":{"id":1,"quote":{"USD":{"price":0}}}})");
    CHECK_FALSE(lost_price({}, flawed.fragment, true));
    CHECK_FALSE(lost_price({"x", {{1, 0, 9}}}, flawed.fragment, true));
    CHECK_FALSE(lost_price({"\"x", {{1, 0, 2}}}, flawed.fragment, true));
  }
}
