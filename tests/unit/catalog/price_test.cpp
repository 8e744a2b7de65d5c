#include "catalog/price.hpp"

#include <doctest/doctest.h>

using namespace quotecached::catalog;

TEST_SUITE("catalog::list_price") {
  TEST_CASE("counts started steps, no less than the base, and converts beyond the first") {
    struct Row {
      Price price;
      std::size_t items;
      std::size_t converts;
      std::int64_t credits;
    };
    const Row rows[] = {
        {{1, 0, false}, 0, 1, 1},
        {{1, 0, false}, 5000, 3, 1},
        {{0, 0, false}, 10, 1, 0},
        {{1, 100, true}, 0, 1, 1},
        {{1, 100, true}, 1, 1, 1},
        {{1, 100, true}, 100, 1, 1},
        {{1, 100, true}, 101, 1, 2},
        {{1, 100, true}, 101, 3, 4},
        {{1, 100, false}, 101, 3, 2},
        {{3, 100, true}, 101, 1, 3},
        {{3, 100, true}, 301, 1, 4},
        {{1, 0, true}, 0, 0, 1},
        {{1, 0, true}, 0, 120, 120},
    };
    for (const auto& row : rows) {
      CAPTURE(row.price.base);
      CAPTURE(row.price.step);
      CAPTURE(row.items);
      CAPTURE(row.converts);
      CHECK(list_price(row.price, row.items, row.converts).count == row.credits);
    }
  }
}
