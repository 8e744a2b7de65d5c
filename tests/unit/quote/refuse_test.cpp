#include <doctest/doctest.h>

#include "answers.hpp"

TEST_SUITE("quote::cut") {
  using namespace quotecached;
  using namespace quotecached::quote;
  using namespace quotecached::quote::test;

  TEST_CASE("what contradicts itself or cannot be matched is refused, the rest is cut") {
    struct Row {
      const char* name;
      KeyKind kind;
      std::vector<std::string> assets;  // the last is always sound
      const char* data;
      std::vector<std::size_t> refused;
    };
    const std::string sound =
        R"("7":{"id":7,"symbol":"OK","slug":"ok","quote":{"USD":{"price":1}}})";
    const Row rows[] = {
        {"another id under the label",
         KeyKind::Id,
         {"1", "7"},
         R"("1":{"id":2,"quote":{"USD":{"price":1}}})",
         {0}},
        {"both sides of a swap",
         KeyKind::Id,
         {"1", "2", "7"},
         R"("1":{"id":2,"quote":{"USD":{"price":1}}},"2":{"id":1,"quote":{"USD":{"price":1}}})",
         {0, 1}},
        {"an asset under another's label",
         KeyKind::Id,
         {"1", "2", "7"},
         R"("1":{"id":2,"quote":{"USD":{"price":1}}})",
         {0, 1}},
        {"a label with a leading zero",
         KeyKind::Id,
         {"1", "7"},
         R"("01":{"id":1,"quote":{"USD":{"price":1}}})",
         {0}},
        {"no id", KeyKind::Id, {"1", "7"}, R"("1":{"quote":{"USD":{"price":1}}})", {0}},
        {"an id that is no whole number",
         KeyKind::Id,
         {"1", "7"},
         R"("1":{"id":1.0,"quote":{"USD":{"price":1}}})",
         {0}},
        {"an id too large",
         KeyKind::Id,
         {"1", "7"},
         R"("1":{"id":18446744073709551617,"quote":{"USD":{"price":1}}})",
         {0}},
        {"no object", KeyKind::Id, {"1", "7"}, R"("1":null)", {0}},
        {"a list by id",
         KeyKind::Id,
         {"1", "7"},
         R"("1":[{"id":1,"quote":{"USD":{"price":1}}},{"id":1,"quote":{"USD":{"price":2}}}])",
         {0}},
        {"a label twice",
         KeyKind::Id,
         {"1", "7"},
         R"("1":{"id":1,"quote":{"USD":{"price":1}}},"1":{"id":1,"quote":{"USD":{"price":2}}})",
         {0}},
        {"a label twice, once escaped",
         KeyKind::Id,
         {"1", "7"},
         R"("1":{"id":1,"quote":{"USD":{"price":1}}},"\u0031":{"id":1,"quote":{"USD":{"price":2}}})",
         {0}},
        {"an id twice",
         KeyKind::Id,
         {"1", "7"},
         R"("1":{"id":1,"id":2,"quote":{"USD":{"price":1}}})",
         {0}},
        {"any key twice",
         KeyKind::Id,
         {"1", "7"},
         R"("1":{"id":1,"name":1,"quote":{"USD":{"price":1}},"name":2})",
         {0}},
        {"quotes twice",
         KeyKind::Id,
         {"1", "7"},
         R"("1":{"id":1,"quote":{"USD":{"price":1}},"quote":{"USD":{"price":2}}})",
         {0}},
        {"a convert twice",
         KeyKind::Id,
         {"1", "7"},
         R"("1":{"id":1,"quote":{"USD":{"price":1},"USD":{"price":2}}})",
         {0}},
        {"a convert twice in two cases",
         KeyKind::Id,
         {"1", "7"},
         R"("1":{"id":1,"quote":{"USD":{"price":1},"usd":{"price":2}}})",
         {0}},
        {"a price twice",
         KeyKind::Id,
         {"1", "7"},
         R"("1":{"id":1,"quote":{"USD":{"price":1,"price":2}}})",
         {0}},
        {"no quotes", KeyKind::Id, {"1", "7"}, R"("1":{"id":1})", {0}},
        {"quotes that are a number", KeyKind::Id, {"1", "7"}, R"("1":{"id":1,"quote":5})", {0}},
        {"a quote that is a number",
         KeyKind::Id,
         {"1", "7"},
         R"("1":{"id":1,"quote":{"USD":5}})",
         {0}},
        {"another convert",
         KeyKind::Id,
         {"1", "7"},
         R"("1":{"id":1,"quote":{"EUR":{"price":1}}})",
         {0}},
        {"a quote that names another convert",
         KeyKind::Id,
         {"1", "7"},
         R"("1":{"id":1,"quote":{"USD":{"symbol":"EUR","price":1}}})",
         {0}},
        {"another symbol under the label",
         KeyKind::Symbol,
         {"BTC", "OK"},
         R"("BTC":{"id":1,"symbol":"ETH","quote":{"USD":{"price":1}}})",
         {0}},
        {"another symbol in the list",
         KeyKind::Symbol,
         {"BTC", "OK"},
         R"("BTC":[{"id":1,"symbol":"BTC","quote":{"USD":{"price":1}}},{"id":2,"symbol":"ETH","quote":{"USD":{"price":1}}}])",
         {0}},
        {"one coin twice in the list",
         KeyKind::Symbol,
         {"BTC", "OK"},
         R"("BTC":[{"id":1,"symbol":"BTC","quote":{"USD":{"price":1}}},{"id":1,"symbol":"BTC","quote":{"USD":{"price":2}}}])",
         {0}},
        {"something else in the list",
         KeyKind::Symbol,
         {"BTC", "OK"},
         R"("BTC":[{"id":1,"symbol":"BTC","quote":{"USD":{"price":1}}},5])",
         {0}},
        {"a convert missing in one of the list",
         KeyKind::Symbol,
         {"BTC", "OK"},
         R"("BTC":[{"id":1,"symbol":"BTC","quote":{"USD":{"price":1}}},{"id":2,"symbol":"BTC","quote":{"EUR":{"price":1}}}])",
         {0}},
        {"no symbol",
         KeyKind::Symbol,
         {"BTC", "OK"},
         R"("BTC":{"id":1,"quote":{"USD":{"price":1}}})",
         {0}},
        {"an id label on another id",
         KeyKind::Slug,
         {"bitcoin", "ok"},
         R"("2":{"id":1,"slug":"bitcoin","quote":{"USD":{"price":1}}})",
         {0}},
        {"a slug label on another slug",
         KeyKind::Slug,
         {"bitcoin", "ok"},
         R"("bitcoin":{"id":1,"slug":"doge","quote":{"USD":{"price":1}}})",
         {0}},
        {"an asset that is not told apart leaves none absent",
         KeyKind::Id,
         {"1", "7"},
         R"("symbol":"BTC","quote":{"USD":{"price":1}})",
         {0}},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      const Want want{row.kind, row.assets};
      const auto cut_out = cut(endpoint(QuoteShape::Object),
                               want.view(),
                               answer("{" + std::string(row.data) + "," + sound + "}"));
      REQUIRE(cut_out);
      CHECK(cut_out->refused_assets == row.refused);
      CHECK(!cut_out->refused.empty());
      CHECK(cut_out->absent.empty());
      REQUIRE(cut_out->fragments.size() == 1);
      CHECK(cut_out->fragments[0].asset == row.assets.size() - 1);
      CHECK(cut_out->fragments[0].fragment.text == sound);
    }
  }

  TEST_CASE("an asset without a price that could be wrong passes as it stands") {
    for (const char* quotes : {"null", "{}", " { } ", R"({"USD":null,"EUR":null})"}) {
      CAPTURE(quotes);
      const Want want{KeyKind::Id, {"1", "7"}, {"USD", "EUR"}};
      const std::string odd = R"("1":{"id":1,"quote":)" + std::string(quotes) + R"(,"z":0})";
      const auto cut_out =
          cut(endpoint(QuoteShape::Object),
              want.view(),
              answer("{" + odd + R"(,"7":{"id":7,"quote":{"USD":{"price":1},"EUR":{}}}})"));
      REQUIRE(cut_out);
      CHECK(cut_out->refused_assets.empty());
      REQUIRE(cut_out->fragments.size() == 4);
      CHECK(cut_out->fragments[0].flaw == PriceFlaw::Null);
      CHECK(joined({find(*cut_out, 0, 0), find(*cut_out, 0, 1)}) == odd);
    }
    const Want want{KeyKind::Id, {"1"}};
    const auto array =
        cut(endpoint(QuoteShape::Array), want.view(), answer(R"([{"id":1,"quote":[]}])"));
    REQUIRE(array);
    CHECK(text_of(*array, 0) == R"({"id":1,"quote":[]})");
    // Of coins that share a symbol, too.
    const Want symbol{KeyKind::Symbol, {"A"}};
    const std::string both =
        R"("A":[{"id":1,"symbol":"A","quote":null},{"id":2,"symbol":"A","quote":{"USD":{}}}])";
    const auto coins = cut(endpoint(QuoteShape::Object), symbol.view(), answer("{" + both + "}"));
    REQUIRE(coins);
    CHECK(text_of(*coins, 0) == both);
  }

  TEST_CASE("an answer that has what was not asked for says nothing about what is missing") {
    const Want want{KeyKind::Id, {"1", "501"}};
    const std::string stranger = R"({"id":2,"quote":{"USD":{"price":1}}})";
    for (const bool is_keyed : {true, false}) {
      CAPTURE(is_keyed);
      const auto data = is_keyed ? R"({"2":)" + stranger + "}" : "[" + stranger + "]";
      const auto cut_out = cut(endpoint(QuoteShape::Object), want.view(), answer(data));
      REQUIRE(cut_out);
      CHECK(cut_out->absent.empty());
      CHECK(cut_out->refused_assets == std::vector<std::size_t>{0, 1});
    }
  }

  TEST_CASE("elements of an array are refused alike") {
    const Want want{KeyKind::Id, {"1", "2"}};
    const std::string sound = R"({"id":2,"quote":[{"symbol":"USD","price":1}]})";
    for (
        const char* element :
        {R"({"id":1,"quote":[{"symbol":"USD","price":1},{"symbol":"USD","price":2}]})",
         R"({"id":1,"quote":[{"price":1}]})",
         R"({"id":1,"quote":[5]})",
         R"({"id":1,"id":1,"quote":[{"symbol":"USD","price":1}]})",
         R"({"id":null,"quote":[{"symbol":"USD","price":1}]})",
         R"({"quote":[{"symbol":"USD","price":1}]})",
         R"({"id":1,"quote":[{"symbol":"USD","price":1}]},{"id":1,"quote":[{"symbol":"USD","price":1}]})",
         "7",
         "null",
         "[]"}) {
      CAPTURE(element);
      const auto cut_out = cut(endpoint(QuoteShape::Array),
                               want.view(),
                               answer("[" + std::string(element) + "," + sound + "]"));
      REQUIRE(cut_out);
      CHECK(cut_out->refused_assets == std::vector<std::size_t>{0});
      CHECK(cut_out->absent.empty());
      CHECK(!cut_out->refused.empty());
      CHECK(text_of(*cut_out, 1) == sound);
    }
  }

  TEST_CASE("converts are never matched by position") {
    const Want want{KeyKind::Id, {"1"}, {"USD", "EUR", "GBP"}};
    const auto cut_out = cut(
        endpoint(QuoteShape::Array),
        want.view(),
        answer(
            R"([{"id":1,"quote":[{"symbol":"EUR","price":2},{"symbol":"JPY","price":9},{"symbol":"USD","price":1}]}])"));
    REQUIRE(cut_out);
    CHECK(text_of(*cut_out, 0, 0) == R"({"id":1,"quote":[{"symbol":"USD","price":1}]})");
    CHECK(text_of(*cut_out, 0, 1) == R"({"id":1,"quote":[{"symbol":"EUR","price":2}]})");
    CHECK(text_of(*cut_out, 0, 2) == "");
    CHECK(cut_out->refused_assets == std::vector<std::size_t>{0});
    CHECK(cut_out->absent.empty());
  }

  TEST_CASE("an id is no convert's symbol and a symbol no convert's id") {
    const auto row = endpoint(QuoteShape::Object);
    const std::string by_id = answer(R"({"1":{"id":1,"quote":{"2781":{"price":1}}}})");
    const std::string by_symbol = answer(R"({"1":{"id":1,"quote":{"USD":{"price":1}}}})");
    const Want symbol{KeyKind::Id, {"1"}, {"USD"}, false};
    const Want id{KeyKind::Id, {"1"}, {"2781"}, true};
    CHECK(cut(row, symbol.view(), by_id).value().refused_assets.size() == 1);
    CHECK(cut(row, id.view(), by_symbol).value().refused_assets.size() == 1);
    CHECK(cut(row, symbol.view(), by_symbol).value().fragments.size() == 1);
    CHECK(cut(row, id.view(), by_id).value().fragments.size() == 1);
  }

  TEST_CASE("malformed answers are invalid as a whole") {
    const Want want{KeyKind::Id, {"1"}};
    const auto row = endpoint(QuoteShape::Object);
    const std::string asset =
        R"({"id":1,"a":[1,"x",true,null,{"b":-0.5e+3}],"quote":{"USD":{"price":1}}})";
    REQUIRE(cut(row, want.view(), answer(R"({"1":)" + asset + "}")));
    for (const char* junk : {"NaN",         "nul",
                             "truee",       "+1",
                             "01",          "1.",
                             ".5",          "1e",
                             "1e+",         "-",
                             "0x1",         "--1",
                             "\"\\x\"",     "\"\\u12g4\"",
                             "\"\\u12\"",   "\"a\nb\"",
                             "\"\xff\"",    "\"open",
                             "'a'",         "[1,]",
                             "[,1]",        "[1 2]",
                             "[1}",         "{]",
                             "{\"a\"}",     "{\"a\":}",
                             "{\"a\":1,}",  "{a:1}",
                             "{1:2}",       "\"a\":\"b\"",
                             "{\"a\" 1}",   "{\"a\":1 \"b\":2}",
                             "1 2",         "",
                             "\"a\" \"b\"", "\"a\"b",
                             "[\"a\":1]"}) {
      CAPTURE(junk);
      for (const std::string& data :
           {R"({"1":{"id":1,"junk":)" + std::string(junk) + R"(,"quote":{"USD":{"price":1}}}})",
            R"({"1":{"id":1,"quote":{"USD":{"price":1,"junk":)" + std::string(junk) + "}}}}",
            R"({"1":)" + asset + R"(,"2":)" + std::string(junk) + "}"}) {
        CAPTURE(data);
        const auto cut_out = cut(row, want.view(), answer(data));
        REQUIRE(!cut_out);
        CHECK(cut_out.error().code == ErrorCode::Invalid);
      }
    }
  }

  TEST_CASE("envelopes that are none are invalid") {
    const Want want{KeyKind::Id, {"1"}};
    const std::string good = answer("{}");
    REQUIRE(cut(endpoint(QuoteShape::Object), want.view(), good));
    std::vector<std::string> bodies{
        "",
        "[]",
        "\"x\"",
        "{}",
        R"({"data":{}})",
        R"({"status":{"error_code":0}})",
        answer("null"),
        answer("5"),
        answer("\"x\""),
        good + "x",
        good + "{}",
        good + "}",
        R"({"status":{"error_code":0},"status":{"error_code":0},"data":{}})",
        R"({"status":{"error_code":0},"data":{},"data":{}})",
        answer(std::string(100'000, '[')),
        answer(std::string(5'000, '[') + std::string(5'000, ']')),
        answer(R"({"1":{"id":1,"a":)" + std::string(5'000, '[') + std::string(5'000, ']') + "}}")};
    for (const std::string& body : bodies) {
      CAPTURE(body.substr(0, 120));
      const auto cut_out = cut(endpoint(QuoteShape::Object), want.view(), body);
      REQUIRE(!cut_out);
      CHECK(cut_out.error().code == ErrorCode::Invalid);
    }
  }

  TEST_CASE("an answer cut short anywhere is invalid") {
    const Want want{KeyKind::Id, {"1"}};
    const std::string body =
        answer(R"({"1":{"id":1,"tags":["a",{"b":[]}],"quote":{"USD":{"price":1.5}}}})");
    REQUIRE(cut(endpoint(QuoteShape::Object), want.view(), body));
    for (std::size_t size = 0; size < body.size(); ++size) {
      CAPTURE(size);
      CHECK(!cut(endpoint(QuoteShape::Object), want.view(), body.substr(0, size)));
    }
  }

  TEST_CASE("reasons are bounded and fit to be logged") {
    const Want want{KeyKind::Id, {"1"}};
    std::string data;
    for (int i = 100; i < 200; ++i)
      data += "\"\\n\\u00e9" + std::string(500, 'x') + std::to_string(i) + "\":null,";
    const auto cut_out =
        cut(endpoint(QuoteShape::Object),
            want.view(),
            answer("{" + data + "\"1\":{\"id\":1,\"quote\":{\"USD\":{\"price\":1}}}}"));
    REQUIRE(cut_out);
    CHECK(cut_out->fragments.size() == 1);
    CHECK(cut_out->refused.size() == 33);
    CHECK(cut_out->refused.back() == "and 68 more");
    for (const std::string& reason : cut_out->refused) {
      CHECK(reason.size() < 100);
      CHECK(reason.find('\n') == std::string::npos);
    }
  }
}
