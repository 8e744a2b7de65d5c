#include "cli/terminal.hpp"

#include <doctest/doctest.h>

namespace quotecache::cli::test {

TEST_SUITE("client::terminal") {
  TEST_CASE("COLUMNS counts more than the terminal, which counts more than 80") {
    CHECK(width_of("200", 120) == 200);
    CHECK(width_of("", 120) == 120);
    CHECK(width_of("200", 0) == 200);
    CHECK(width_of("", 0) == 80);
  }

  TEST_CASE("what is no number above 0 was not told") {
    for (const char* const text :
         {"0", "-5", "+90", " 90", "90 ", "wide", "99999999999999999999"}) {
      CAPTURE(text);
      CHECK(width_of(text, 120) == 120);
    }
  }

  TEST_CASE("no line is narrower or wider than --width allows") {
    CHECK(width_of("1", 120) == 20);
    CHECK(width_of("5000", 120) == 1000);
    CHECK(width_of("", 5) == 20);
  }
}

}  // namespace quotecache::cli::test
