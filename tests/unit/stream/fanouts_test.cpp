#include "stream/fanouts.hpp"

#include <doctest/doctest.h>

using namespace quotecached::stream;
using namespace std::chrono_literals;

TEST_SUITE("stream: fanouts") {
  TEST_CASE("each is counted in the first bucket that holds it, and all are summed") {
    struct Row {
      std::chrono::steady_clock::duration took;
      std::size_t bucket;
    };
    const Row rows[] = {{0ms, 0}, {1ms, 0}, {1001us, 1}, {80ms, 6}, {100ms, 6}, {5s, 10}, {6s, 11}};
    Fanouts fanouts;
    for (const auto& row : rows) {
      CAPTURE(row.bucket);
      const auto before = fanouts.counts[row.bucket].load();
      fanouts.add(row.took);
      CHECK(fanouts.counts[row.bucket] == before + 1);
    }
    CHECK(fanouts.microseconds == 11'182'001);
  }
}
