#include <doctest/doctest.h>

#include "answers.hpp"

TEST_SUITE("quote::cut") {
  using namespace quotecached;
  using namespace quotecached::quote;
  using namespace quotecached::quote::test;

  TEST_CASE("every shape of an answer is cut to the bytes of its assets") {
    const auto object = endpoint(QuoteShape::Object);
    const auto array = endpoint(QuoteShape::Array);
    const auto simple = endpoint(QuoteShape::Array, "quotes");
    const auto info = endpoint(QuoteShape::None);
    struct Row {
      const char* name;
      const catalog::Endpoint* endpoint;
      Want want;
      const char* data;
      std::vector<std::string> texts;  // of each wanted asset, in the first convert
    };
    const std::string btc =
        R"({"id":1,"symbol":"BTC","slug":"bitcoin","quote":{"USD":{"price":7e-8}}})";
    const Row rows[] = {
        {"keyed by id",
         &object,
         {KeyKind::Id, {"1", "2"}},
         R"({"2":{"id":2,"quote":{"USD":{"price":1}}},"1":{"id":1,"quote":{"USD":{"price":7e-8}}}})",
         {R"("1":{"id":1,"quote":{"USD":{"price":7e-8}}})",
          R"("2":{"id":2,"quote":{"USD":{"price":1}}})"}},
        {"white space is kept as it came",
         &object,
         {KeyKind::Id, {"1"}},
         "{\n  \"1\" : {\n    \"id\" : 1 ,\n    \"quote\" : { \"USD\" : { \"price\" : 2 } }\n  "
         "}\n}",
         {"\"1\" : {\n    \"id\" : 1 ,\n    \"quote\" : { \"USD\" : { \"price\" : 2 } }\n  }"}},
        {"v1 by symbol: an object",
         &object,
         {KeyKind::Symbol, {"BTC"}},
         R"({"BTC":{"id":1,"symbol":"BTC","quote":{"USD":{"price":1}}}})",
         {R"("BTC":{"id":1,"symbol":"BTC","quote":{"USD":{"price":1}}})"}},
        {"v2 by symbol: a list",
         &object,
         {KeyKind::Symbol, {"ETC"}},
         R"({"ETC":[{"id":9,"symbol":"ETC","quote":{"USD":{"price":1}}}, {"id":8,"symbol":"etc","quote":{"USD":{"price":2}}}]})",
         {R"("ETC":[{"id":9,"symbol":"ETC","quote":{"USD":{"price":1}}}, {"id":8,"symbol":"etc","quote":{"USD":{"price":2}}}])"}},
        {"a symbol in another case",
         &object,
         {KeyKind::Symbol, {"XAUT"}},
         R"({"XAUt":{"id":5176,"symbol":"XAUt","quote":{"USD":{"price":1}}}})",
         {R"("XAUt":{"id":5176,"symbol":"XAUt","quote":{"USD":{"price":1}}})"}},
        {"by slug, keyed by id",
         &object,
         {KeyKind::Slug, {"bitcoin"}},
         R"({"1":{"id":1,"slug":"bitcoin","quote":{"USD":{"price":1}}}})",
         {R"("1":{"id":1,"slug":"bitcoin","quote":{"USD":{"price":1}}})"}},
        {"by slug, keyed by slug",
         &object,
         {KeyKind::Slug, {"bitcoin"}},
         R"({"bitcoin":{"id":1,"slug":"bitcoin","quote":{"USD":{"price":1}}}})",
         {R"("bitcoin":{"id":1,"slug":"bitcoin","quote":{"USD":{"price":1}}})"}},
        {"v3: arrays",
         &array,
         {KeyKind::Id, {"1", "2"}},
         R"([{"id":2,"quote":[{"id":2781,"symbol":"USD","price":1}]} , {"id":1,"quote":[ {"id":2781,"symbol":"USD","price":5} ]}])",
         {R"({"id":1,"quote":[ {"id":2781,"symbol":"USD","price":5} ]})",
          R"({"id":2,"quote":[{"id":2781,"symbol":"USD","price":1}]})"}},
        {"v3 by symbol: elements joined",
         &array,
         {KeyKind::Symbol, {"ETC", "BTC"}},
         R"([{"id":9,"symbol":"ETC","quote":[{"symbol":"USD","price":1}]}, {"id":1,"symbol":"BTC","quote":[{"symbol":"USD","price":3}]}, {"id":8,"symbol":"ETC","quote":[{"symbol":"USD","price":2}]}])",
         {R"({"id":9,"symbol":"ETC","quote":[{"symbol":"USD","price":1}]},{"id":8,"symbol":"ETC","quote":[{"symbol":"USD","price":2}]})",
          R"({"id":1,"symbol":"BTC","quote":[{"symbol":"USD","price":3}]})"}},
        {"v3 keyed by id",
         &array,
         {KeyKind::Id, {"1"}},
         R"({"1":{"id":1,"quote":[{"id":2781,"symbol":"USD","price":1}]}})",
         {R"("1":{"id":1,"quote":[{"id":2781,"symbol":"USD","price":1}]})"}},
        {"v3 by symbol, keyed by id",
         &array,
         {KeyKind::Symbol, {"BTC"}},
         R"({"1":{"id":1,"symbol":"BTC","quote":[{"symbol":"USD","price":1}]}})",
         {R"("1":{"id":1,"symbol":"BTC","quote":[{"symbol":"USD","price":1}]})"}},
        {"an array where an object was expected",
         &object,
         {KeyKind::Slug, {"bitcoin"}},
         R"([{"id":1,"slug":"bitcoin","quote":{"USD":{"price":1}}}])",
         {R"({"id":1,"slug":"bitcoin","quote":{"USD":{"price":1}}})"}},
        {"simple price",
         &simple,
         {KeyKind::Id, {"1"}},
         R"([{"id":1,"name":"Bitcoin","symbol":"BTC","slug":"bitcoin","quotes":[{"symbol":"USD","price":65000.12}]}])",
         {R"({"id":1,"name":"Bitcoin","symbol":"BTC","slug":"bitcoin","quotes":[{"symbol":"USD","price":65000.12}]})"}},
        {"converts by id, keyed",
         &object,
         {KeyKind::Id, {"1"}, {"2781"}, true},
         R"({"1":{"id":1,"quote":{"2781":{"price":1}}}})",
         {R"("1":{"id":1,"quote":{"2781":{"price":1}}})"}},
        {"converts by id, in an array",
         &array,
         {KeyKind::Id, {"1"}, {"2781"}, true},
         R"([{"id":1,"quote":[{"id":1,"symbol":"BTC","price":1},{"id":2781,"symbol":"USD","price":2}]}])",
         {R"({"id":1,"quote":[{"id":2781,"symbol":"USD","price":2}]})"}},
        {"info, which has no quotes",
         &info,
         {KeyKind::Id, {"1"}, {"-"}},
         R"({"1":{"id":1,"quote":{"not":"touched"},"urls":{"website":["https:\/\/bitcoin.org\/"]}}})",
         {R"("1":{"id":1,"quote":{"not":"touched"},"urls":{"website":["https:\/\/bitcoin.org\/"]}})"}},
        {"info by symbol",
         &info,
         {KeyKind::Symbol, {"BTC"}, {"-"}},
         R"({"BTC":[{"id":1,"symbol":"BTC"},{"id":99,"symbol":"BTC"}]})",
         {R"("BTC":[{"id":1,"symbol":"BTC"},{"id":99,"symbol":"BTC"}])"}},
        {"numbers beyond a machine word and half surrogates",
         &object,
         {KeyKind::Id, {"1"}},
         R"({"1":{"id":1,"max":100000000000000000000000,"x":1e999,"d":"\ud83d","quote":{"USD":{"price":1}}}})",
         {R"("1":{"id":1,"max":100000000000000000000000,"x":1e999,"d":"\ud83d","quote":{"USD":{"price":1}}})"}},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      const auto cut_out = cut(*row.endpoint, row.want.view(), answer(row.data));
      REQUIRE(cut_out);
      CHECK(cut_out->refused == std::vector<std::string>{});
      CHECK(cut_out->absent.empty());
      CHECK(cut_out->refused_assets.empty());
      CHECK(cut_out->fragments.size() == row.texts.size());
      for (std::size_t i = 0; i < row.texts.size(); ++i)
        CHECK(text_of(*cut_out, i) == row.texts[i]);
    }
  }

  TEST_CASE("each convert has its own fragment, with a slot around its quote") {
    const auto row = endpoint(QuoteShape::Object);
    const Want want{KeyKind::Id, {"1"}, {"EUR", "USD"}};
    const auto cut_out = cut(
        row,
        want.view(),
        answer(
            R"({"1":{"id":1,"quote":{ "USD":{"price":1},"BTC":{"price":3}, "EUR" : {"price":2} },"z":0}})"));
    REQUIRE(cut_out);
    REQUIRE(cut_out->fragments.size() == 2);
    CHECK(text_of(*cut_out, 0, 0) == R"("1":{"id":1,"quote":{ "EUR" : {"price":2} },"z":0})");
    CHECK(text_of(*cut_out, 0, 1) == R"("1":{"id":1,"quote":{ "USD":{"price":1} },"z":0})");
    const Fragment* usd = find(*cut_out, 0, 1);
    REQUIRE(usd->slots.size() == 1);
    CHECK(usd->slots[0].asset_id == 1);
    CHECK(usd->text.substr(usd->slots[0].begin, usd->slots[0].end - usd->slots[0].begin) ==
          R"( "USD":{"price":1})");
  }

  TEST_CASE("converts are matched whatever the case of their letters") {
    const Want want{KeyKind::Id, {"1"}, {"USDT"}};
    const auto keyed = cut(endpoint(QuoteShape::Object),
                           want.view(),
                           answer(R"({"1":{"id":1,"quote":{"USDt":{"price":1}}}})"));
    REQUIRE(keyed);
    CHECK(keyed->fragments.size() == 1);
    const auto listed = cut(endpoint(QuoteShape::Array),
                            want.view(),
                            answer(R"([{"id":1,"quote":[{"symbol":"USDt","price":1}]}])"));
    REQUIRE(listed);
    CHECK(listed->fragments.size() == 1);
  }

  TEST_CASE("a list has one slot for each of its coins") {
    const Want want{KeyKind::Symbol, {"ETC"}, {"USD"}};
    const auto cut_out = cut(
        endpoint(QuoteShape::Object),
        want.view(),
        answer(
            R"({"ETC":[{"id":9,"symbol":"ETC","quote":{"USD":{"price":1}}},{"id":8,"symbol":"ETC","quote":{"USD":{"price":null}}}]})"));
    REQUIRE(cut_out);
    REQUIRE(cut_out->fragments.size() == 1);
    const Fragment& fragment = cut_out->fragments[0].fragment;
    REQUIRE(fragment.slots.size() == 2);
    CHECK(fragment.slots[0].asset_id == 9);
    CHECK(fragment.slots[1].asset_id == 8);
    CHECK(fragment.text.substr(fragment.slots[1].begin,
                               fragment.slots[1].end - fragment.slots[1].begin) ==
          R"("USD":{"price":null})");
    CHECK(cut_out->fragments[0].flaw == PriceFlaw::Null);
  }

  TEST_CASE("prices that are no prices are flagged, and cut all the same") {
    struct Row {
      const char* price;
      PriceFlaw flaw;
    };
    const Row rows[] = {
        {R"("price":1)", PriceFlaw::None},
        {R"("price":7e-8)", PriceFlaw::None},
        {R"("price":0.00000001)", PriceFlaw::None},
        {R"("price":-1)", PriceFlaw::Negative},
        {R"("price":-7e-8)", PriceFlaw::Negative},
        {R"("price":1e999)", PriceFlaw::OutOfRange},
        {R"("price":1e-999)", PriceFlaw::OutOfRange},
        {R"("price":0)", PriceFlaw::Zero},
        {R"("price":0.000)", PriceFlaw::Zero},
        {R"("price":0e9)", PriceFlaw::Zero},
        {R"("price":-0)", PriceFlaw::Zero},
        {R"("price":null)", PriceFlaw::Null},
        {R"("volume":1)", PriceFlaw::Null},
        {R"("price":"1.5")", PriceFlaw::NotANumber},
        {R"("price":true)", PriceFlaw::NotANumber},
        {R"("price":[1])", PriceFlaw::NotANumber},
    };
    const Want want{KeyKind::Id, {"1"}};
    for (const Row& row : rows) {
      CAPTURE(row.price);
      const auto cut_out =
          cut(endpoint(QuoteShape::Object),
              want.view(),
              answer(R"({"1":{"id":1,"quote":{"USD":{)" + std::string(row.price) + "}}}}"));
      REQUIRE(cut_out);
      REQUIRE(cut_out->fragments.size() == 1);
      CHECK(cut_out->fragments[0].flaw == row.flaw);
    }
  }

  TEST_CASE("what the answer does not have is absent") {
    const Want want{KeyKind::Symbol, {"BTC", "XYZ", "NONE"}};
    const auto cut_out =
        cut(endpoint(QuoteShape::Object),
            want.view(),
            answer(R"({"BTC":[{"id":1,"symbol":"BTC","quote":{"USD":{"price":1}}}],"XYZ":[]})"));
    REQUIRE(cut_out);
    CHECK(cut_out->fragments.size() == 1);
    CHECK(cut_out->absent == std::vector<std::size_t>{1, 2});
    CHECK(cut_out->refused_assets.empty());

    const auto nothing = cut(endpoint(QuoteShape::Array), want.view(), answer("[]"));
    REQUIRE(nothing);
    CHECK(nothing->absent == std::vector<std::size_t>{0, 1, 2});
  }

  TEST_CASE("the status may come before or after the data") {
    const Want want{KeyKind::Id, {"1"}};
    const auto cut_out = cut(
        endpoint(QuoteShape::Object),
        want.view(),
        R"({"data":{"1":{"id":1,"quote":{"USD":{"price":1}}}},"extra":[1,{"a":"b"}],"status":{"error_code":"0","credit_count":4}})");
    REQUIRE(cut_out);
    CHECK(cut_out->fragments.size() == 1);
  }

  TEST_CASE("an answer may name its parts otherwise") {
    auto row = endpoint(QuoteShape::Object);
    row.envelope = {.status = "meta", .cost = "price", .data = "rows"};
    const Want want{KeyKind::Id, {"1"}};
    const std::string rows = R"("rows":{"1":{"id":1,"quote":{"USD":{"price":1}}}})";
    const auto cut_out = cut(row, want.view(), R"({"meta":{},"status":5,"data":[],)" + rows + "}");
    REQUIRE(cut_out);
    CHECK(cut_out->fragments.size() == 1);
    CHECK_FALSE(cut(row, want.view(), R"({"status":{},)" + rows + "}"));
    CHECK_FALSE(cut(row, want.view(), answer("{}")));
  }
}
