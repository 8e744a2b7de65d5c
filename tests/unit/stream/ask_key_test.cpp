#include "stream/ask_key.hpp"

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::stream;

namespace {

ReadAsk good(std::string_view query) {
  auto read = read_ask(query);
  CAPTURE(query);
  REQUIRE(std::holds_alternative<ReadAsk>(read));
  return std::get<ReadAsk>(std::move(read));
}

// The field that is to blame; empty when the ask is good.
std::string blamed(std::string_view query) {
  const auto read = read_ask(query);
  const auto* const problem = std::get_if<compact::Problem>(&read);
  return problem == nullptr ? std::string() : problem->field;
}

std::string many_ids(int count) {
  std::string text = "ids=1";
  for (int i = 2; i <= count; ++i) text += "," + std::to_string(i);
  return text;
}

}  // namespace

TEST_SUITE("stream: asks") {
  TEST_CASE("asks for the same rows are one, whatever their order") {
    const auto key = good("ids=1,1027&symbols=XRP&convert=USD,EUR").key;
    for (const auto* same : {"symbols=xrp&convert=EUR,USD&ids=1027,1",
                             "ids=1,1027,1&symbols=XRP&convert=USD,EUR,USD&fields=price",
                             "ids=1%2C1027&symbols=XRP&convert=usd,eur&last_event_id=ab-1"})
      CHECK(good(same).key == key);
    for (const auto* other : {"ids=1&symbols=XRP&convert=USD,EUR",
                              "ids=1,1027&slugs=xrp&convert=USD,EUR",
                              "ids=1,1027&symbols=XRP&convert=USD",
                              "ids=1,1027&symbols=XRP&convert=USD,EUR&fields=market_cap",
                              "ids=1,1027&symbols=XRP&convert=USD,EUR&fields=all",
                              "ids=1,1027&symbols=XRP&convert=USD,EUR&ambiguous=first"})
      CHECK(good(other).key != key);
    // Columns stand as they were asked for.
    CHECK(good("ids=1&fields=price,market_cap").key != good("ids=1&fields=market_cap,price").key);
  }

  TEST_CASE("what is of no use here is refused by name, and so is what /quotes refuses") {
    struct Row {
      std::string query;
      std::string field;
    };
    const Row rows[] = {
        {"ids=1", ""},
        {"ids=1&format=json", "format"},
        {"ids=1&limit=5", "limit"},
        {"ids=1&cursor=1-a", "cursor"},
        {"ids=1&c%75rsor=1-a", "cursor"},
        {"ids=x", "ids"},
        {"", "ids"},
        {"ids=1&convert=", "convert"},
        {"ids=1&nonsense=1", "nonsense"},
        {"ids=1&ids=2", "ids"},
        {"ids=1&last_event_id=a-1&last_event_id=a-2", "last_event_id"},
        {many_ids(2000), ""},
        {many_ids(2001), "ids"},
        {many_ids(1001) + "&convert=USD,EUR", "ids"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.query.substr(0, 60));
      CHECK(blamed(row.query) == row.field);
    }
  }

  TEST_CASE("where a listener stands may stand in the query") {
    CHECK(good("ids=1&last_event_id=ab-12").since == "ab-12");
    CHECK(good("ids=1&last_event_id=ab%2D12").since == "ab-12");
    CHECK(good("ids=1").since.empty());
  }
}
