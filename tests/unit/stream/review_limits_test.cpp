#include "stream/review_limits.hpp"

#include <doctest/doctest.h>

using namespace quotecached::stream;

TEST_SUITE("stream::ReviewLimits") {
  TEST_CASE("of a client so many reviews are made at once as it may have") {
    ReviewLimits limits;
    CHECK(limits.may_begin("alice"));
    limits.begin("alice");  // counted also while there is no limit
    limits.limit("alice", 2);
    limits.limit("bob", 0);
    CHECK(limits.may_begin("alice"));
    limits.begin("alice");
    CHECK_FALSE(limits.may_begin("alice"));
    CHECK(limits.may_begin("bob"));
    limits.end("alice");
    CHECK(limits.may_begin("alice"));
    limits.limit("alice", 1);
    CHECK_FALSE(limits.may_begin("alice"));
    limits.limit("alice", 0);
    CHECK(limits.may_begin("alice"));
    limits.end("alice");
    CHECK(limits.may_begin("alice"));
  }
}
