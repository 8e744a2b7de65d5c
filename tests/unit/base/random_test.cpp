#include "base/random.hpp"

#include <doctest/doctest.h>

TEST_SUITE("random128_hex") {
  TEST_CASE("a name is 32 lower-case hexadecimal digits, and no two are alike") {
    const auto name = quotecached::random128_hex();
    CHECK(name.size() == 32);
    CHECK(name.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(name != quotecached::random128_hex());
  }
}
