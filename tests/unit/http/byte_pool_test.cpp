#include "http/byte_pool.hpp"

#include <doctest/doctest.h>

using namespace quotecached::http;

TEST_SUITE("http::BytePool") {
  TEST_CASE("gives out what there is and takes back what was held") {
    const auto pool = std::make_shared<BytePool>(10);
    ByteShare one(pool);
    CHECK(one.grow_to(4));
    CHECK(one.grow_to(3));  // has them
    {
      ByteShare other(pool);
      CHECK(other.grow_to(6));
      CHECK_FALSE(other.grow_to(7));
      CHECK(pool->held() == 10);
      CHECK_FALSE(one.grow_to(5));
      ByteShare moved(std::move(other));
      CHECK(pool->held() == 10);
    }
    CHECK(pool->held() == 4);
    CHECK(one.grow_to(10));
    one = ByteShare(pool);
    CHECK(pool->held() == 0);
  }
}
