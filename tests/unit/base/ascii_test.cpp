#include "base/ascii.hpp"

#include <doctest/doctest.h>

using namespace quotecached;

TEST_SUITE("base::ascii") {
  TEST_CASE("the case of letters is folded, and nothing else is") {
    CHECK(to_lower('A') == 'a');
    CHECK(to_lower('Z') == 'z');
    CHECK(to_lower('@') == '@');  // beside the letters
    CHECK(to_lower('[') == '[');
    CHECK(to_lower('\xC4') == '\xC4');
    CHECK(equal_ignoring_case("X-CMC_Pro", "x-cmc_pRO"));
    CHECK(equal_ignoring_case("", ""));
    CHECK_FALSE(equal_ignoring_case("ab", "abc"));
    CHECK_FALSE(equal_ignoring_case("[", "{"));  // a bit apart, as letters are
  }
}
