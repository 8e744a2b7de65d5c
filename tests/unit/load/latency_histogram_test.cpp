#include "load/latency_histogram.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <doctest/doctest.h>

using namespace quotecached::load;
using namespace std::chrono_literals;

namespace {

// As a sort finds it, in microseconds.
double sorted_quantile(const std::vector<nanoseconds>& sorted, double share) {
  const auto rank = std::ceil(share * static_cast<double>(sorted.size()));
  const auto place = std::max<std::size_t>(1, static_cast<std::size_t>(rank)) - 1;
  return static_cast<double>(sorted[place].count()) / 1000;
}

}  // namespace

TEST_SUITE("load::LatencyHistogram") {
  TEST_CASE("of nothing everything is 0") {
    const LatencyHistogram none;
    CHECK(none.count() == 0);
    CHECK(none.mean() == 0);
    CHECK(none.max() == 0);
    CHECK(none.quantile(0.99) == 0);
  }

  TEST_CASE("one time is all quantiles") {
    LatencyHistogram one;
    one.add(12'345us);
    for (const double share : {0.0, 0.5, 0.999, 1.0}) {
      CAPTURE(share);
      CHECK(one.quantile(share) == doctest::Approx(12'345));
    }
    CHECK(one.max() == 12'345);
    CHECK(one.mean() == 12'345);
  }

  TEST_CASE("a time below 0 counts as 0") {
    LatencyHistogram early;
    early.add(-5ns);
    CHECK(early.count() == 1);
    CHECK(early.mean() == 0);
    CHECK(early.quantile(0.5) == 0);
  }

  TEST_CASE("quantiles are those of a sort, rounded up by 1 % at most") {
    std::mt19937_64 random(7);
    std::lognormal_distribution<double> times(11, 2);  // around 60 us, up to a second
    for (const std::size_t count : {1UL, 2UL, 99UL, 100UL, 1001UL, 50'000UL}) {
      CAPTURE(count);
      LatencyHistogram histogram;
      std::vector<nanoseconds> all;
      for (std::size_t i = 0; i < count; ++i) {
        all.emplace_back(static_cast<std::int64_t>(times(random)));
        histogram.add(all.back());
      }
      std::ranges::sort(all);
      for (const double share : {0.0, 0.5, 0.9, 0.99, 0.999, 1.0}) {
        CAPTURE(share);
        const auto exact = sorted_quantile(all, share);
        CHECK(histogram.quantile(share) >= exact);
        CHECK(histogram.quantile(share) <= exact * 1.01);
      }
      CHECK(histogram.max() == sorted_quantile(all, 1));
    }
  }

  TEST_CASE("two added are as one that had all times") {
    LatencyHistogram all;
    LatencyHistogram even;
    LatencyHistogram odd;
    for (int i = 0; i < 1000; ++i) {
      const nanoseconds took = i * i * 1us;
      all.add(took);
      (i % 2 == 0 ? even : odd).add(took);
    }
    even.add(odd);
    CHECK(even.count() == all.count());
    CHECK(even.mean() == all.mean());
    CHECK(even.max() == all.max());
    for (const double share : {0.1, 0.5, 0.99}) CHECK(even.quantile(share) == all.quantile(share));
  }
}
