#include "admin/duration.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::admin;

TEST_SUITE("admin::parse_duration") {
  TEST_CASE("reads a number and its unit") {
    struct Row {
      const char* text;
      milliseconds value;
    };
    const Row rows[] = {
        {"0s", 0ms}, {"500ms", 500ms}, {"61s", 61s}, {"2m", 2min}, {"1h", 1h}, {"1d", 24h}};
    for (const auto& row : rows) {
      CAPTURE(row.text);
      const auto value = parse_duration(row.text);
      REQUIRE(value);
      CHECK(*value == row.value);
    }
    for (const auto* text :
         {"", "61", "s", "-1s", "1.5s", "61 s", "61sec", "99999999999999999999s", "999999d"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_duration(text));
    }
  }
}
