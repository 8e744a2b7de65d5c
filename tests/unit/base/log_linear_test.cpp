#include "base/log_linear.hpp"

#include <doctest/doctest.h>

using namespace quotecached;

TEST_SUITE("base::LogLinear") {
  using Buckets = LogLinear<8, 6>;

  TEST_CASE("each number below the first doubling has a bucket of its own") {
    for (std::uint64_t number = 0; number < 16; ++number) {
      CAPTURE(number);
      CHECK(Buckets::bucket_of(number) == number);
      CHECK(Buckets::end_of(number) == number);
    }
  }

  TEST_CASE("buckets follow each other without a gap, and hold an eighth of their number at most") {
    for (std::size_t bucket = 1; bucket < Buckets::kBuckets; ++bucket) {
      CAPTURE(bucket);
      const auto first = Buckets::end_of(bucket - 1) + 1;
      const auto last = Buckets::end_of(bucket);
      CHECK(Buckets::bucket_of(first) == bucket);
      CHECK(Buckets::bucket_of(last) == bucket);
      CHECK((last - first) * 8 <= first);
    }
  }

  TEST_CASE("what is too large is in the last") {
    CHECK(Buckets::bucket_of(~std::uint64_t{0}) == Buckets::kBuckets - 1);
  }
}
