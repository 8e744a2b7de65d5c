#include "model/price_text.hpp"

#include <doctest/doctest.h>

namespace quotecached::model {
namespace {

TEST_SUITE("model::price_text") {
  TEST_CASE("a price tells what it is") {
    const PriceTag tag{17, Kind::V3Quotes, 3, milliseconds(4711), 9};
    CHECK(price_text(tag) == "17.2003000004711000000091");
    CHECK(read_price(price_text(tag)) == tag);
  }

  TEST_CASE("anything else is no price") {
    for (const auto* text : {"",
                             "0",
                             "17.5",
                             "-3.5",
                             "null",
                             "\"17.5\"",
                             "17.200300000471100000009",      // cut
                             "17.2003000004711000000092",     // another end
                             "17.20030000047110000000911",    // more
                             "17.9003000004711000000091",     // no such kind
                             "17.2009000004711000000091"}) {  // no such currency
      CAPTURE(text);
      CHECK(!read_price(text));
    }
  }
}

TEST_SUITE("model::question") {
  TEST_CASE("what a client asks and upstream reads is one") {
    const std::vector<Question> questions{
        {.kind = Kind::V1Quotes, .by = By::Id, .names = {"3", "4"}, .currencies = {1, 0}},
        {.kind = Kind::SimplePrice, .by = By::Slug, .names = {"coin-3"}, .currencies = {3}},
        {.kind = Kind::Listings, .by = By::Page, .currencies = {2}, .start = 11, .limit = 20}};
    for (const Question& question : questions) {
      const auto read = question_in(target_of(question));
      REQUIRE(read);
      CHECK(target_of(*read) == target_of(question));
      CHECK(things_in(*read) == things_in(question));
    }
    CHECK(things_in(
              *question_in("/v2/cryptocurrency/quotes/latest?symbol=T1%2CT3&skip_invalid=true")) ==
          std::vector<std::string>{"1 symbol T1 USD", "1 symbol T3 USD"});
    CHECK(!question_in("/v1/key/info"));
    CHECK(!question_in("/v2/cryptocurrency/quotes/latest?id=1&convert=XYZ"));
  }
}

}  // namespace
}  // namespace quotecached::model
