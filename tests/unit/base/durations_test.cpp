#include "base/durations.hpp"

#include <numeric>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace std::chrono_literals;

TEST_SUITE("base::Durations") {
  TEST_CASE("files a duration under the first bound that is not below it") {
    struct Row {
      std::chrono::nanoseconds took;
      std::size_t place;
    };
    const Row rows[] = {{-1ns, 0},
                        {0ns, 0},
                        {100us, 0},
                        {101us, 1},
                        {1ms, 3},
                        {2ms, 4},
                        {500ms, 11},
                        {30s, 16},
                        {31s, 17}};
    for (const auto& row : rows) {
      CAPTURE(row.took.count());
      Durations durations;
      durations.note(row.took);
      const auto counts = durations.counts();
      REQUIRE(counts.size() == kDurationBounds.size() + 1);
      CHECK(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}) == 1);
      CHECK(counts[row.place] == 1);
    }
  }

  TEST_CASE("sums up") {
    Durations durations;
    for (int i = 0; i < 4; ++i) durations.note(250ms);
    CHECK(durations.sum() == doctest::Approx(1));
  }
}
