#include "quote/whole.hpp"

#include <string>

#include <doctest/doctest.h>

TEST_SUITE("quote::whole") {
  using namespace quotecached;
  using namespace quotecached::quote;

  std::string served(const Fragment& fragment, std::string_view credits) {
    Pieces pieces;
    append_whole(pieces, fragment, credits);
    std::string text;
    for (const std::string_view piece : pieces) text += piece;
    return text;
  }

  TEST_CASE("an answer is kept as it is but for its credit count") {
    struct Row {
      const char* name;
      const char* body;
      const char* data;
      const char* served;
    };
    const Row rows[] = {
        {"status first",
         R"({"status":{"error_code":0,"credit_count":25 ,"notice":null},"data":[ {"x":7e-8} ]})",
         R"([ {"x":7e-8} ])",
         R"({"status":{"error_code":0,"credit_count":0 ,"notice":null},"data":[ {"x":7e-8} ]})"},
        {"data first, its own credit_count is not touched",
         R"({"data":{"credit_count":9},"status":{"credit_count":1}})",
         R"({"credit_count":9})",
         R"({"data":{"credit_count":9},"status":{"credit_count":0}})"},
        {"no credit count", R"({"status":{},"data":[]})", "[]", R"({"status":{},"data":[]})"},
        {"numbers beyond a machine word, half a surrogate pair",
         R"({"status":{"credit_count":1},"data":[1000000000000000000000,"\ud83d"]})",
         R"([1000000000000000000000,"\ud83d"])",
         R"({"status":{"credit_count":0},"data":[1000000000000000000000,"\ud83d"]})"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      const std::string body = row.body;
      const auto result = whole(catalog::Endpoint{}, body);
      REQUIRE(result);
      CHECK(result->data == row.data);
      CHECK(result->fragment.text == body);
      CHECK(served(result->fragment, "0") == row.served);
    }
  }

  TEST_CASE("what is not one complete answer is invalid") {
    for (const char* body : {"",
                             "[]",
                             "{}",
                             "<html>",
                             R"({"status":{}})",
                             R"({"data":[]})",
                             R"({"status":[],"data":[]})",
                             R"({"status":{},"data":[})",
                             R"({"status":{},"data":[nul]})",
                             R"({"status":{},"data":[]} x)",
                             R"({"status":{},"data":[],"more":01})",
                             // which of the two a client would read nobody knows
                             R"({"status":{},"data":[{"id":1}],"data":[{"id":2}]})",
                             R"({"status":{},"data":[],"status":{"credit_count":9}})",
                             R"({"status":{},"data":[{"id":1}],"\u0064ata":[{"id":2}]})"}) {
      CAPTURE(body);
      const auto result = whole(catalog::Endpoint{}, body);
      REQUIRE(!result);
      CHECK(result.error().code == ErrorCode::Invalid);
    }
  }
}
