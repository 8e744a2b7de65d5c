#include "ledger/price.hpp"

#include <doctest/doctest.h>

using namespace quotecached::ledger;

TEST_SUITE("ledger::price") {
  TEST_CASE("a price is known to the billionth, as it is written") {
    CHECK(price_of(0.00035, "USD").billionths == 350'000);
    CHECK(price_of(0.000000001, "").billionths == 1);
    CHECK(price_of(1000, "EUR").billionths == 1'000'000'000'000);
    CHECK(price_of(79.0 / 300'000, "USD").billionths == 263'333);
    CHECK(price_of(0.1, "").per_credit() == 0.1);
    CHECK_FALSE(price_of(0, "").is_known());
    CHECK(price_of(0.1, "USD").currency == "USD");
  }

  TEST_CASE("costs are rounded once, halves away from zero") {
    struct Row {
      const char* name;
      double price;
      std::int64_t microcredits;
      std::int64_t millionths;
    };
    const Row rows[] = {
        {"nothing", 0.5, 0, 0},
        {"a credit", 0.00035, 1'000'000, 350},
        {"many", 0.1, 3'000'000, 300'000},  // in doubles 0.30000000000000004
        {"a third of a credit", 0.0003, 333'333, 100},
        {"just below a half", 0.0000005, 999'999, 0},
        {"a half", 0.0000005, 1'000'000, 1},
        {"a half and two", 0.0000025, 1'000'000, 3},
        {"less than nothing, a half", 0.0000025, -1'000'000, -3},
        {"more than is sold", 1000, 9'000'000'000'000'000, 9'000'000'000'000'000'000},
        {"less than is sold", 0.000000001, 1'000'000'000'000, 1000}};
    for (const auto& row : rows) {
      CAPTURE(row.name);
      CHECK(cost_of(row.microcredits, price_of(row.price, "")) == row.millionths);
    }
  }
}
