#include "app/heap.hpp"

#include <doctest/doctest.h>

using namespace quotecached::app;

TEST_SUITE("app::is_worth_trimming") {
  TEST_CASE("when it is much, and more than could not be given back the last time") {
    constexpr std::size_t kMiB = 1024 * 1024;
    struct Row {
      std::size_t unused;
      std::size_t left;
      bool is_worth_it;
    };
    const Row rows[] = {
        {0, 0, false},
        {16 * kMiB - 1, 0, false},
        {16 * kMiB, 0, true},
        {16 * kMiB, 8 * kMiB, true},
        {16 * kMiB, 8 * kMiB + 1, false},
        {100 * kMiB, 100 * kMiB, false},
        {108 * kMiB, 100 * kMiB, true},
    };
    for (const auto& row : rows) {
      CAPTURE(row.unused);
      CAPTURE(row.left);
      CHECK(is_worth_trimming(row.unused, row.left) == row.is_worth_it);
    }
  }
}
