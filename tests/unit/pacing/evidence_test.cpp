#include "pacing/evidence.hpp"

#include <doctest/doctest.h>

using namespace quotecached::pacing;

TEST_SUITE("pacing::why_too_early") {
  TEST_CASE("an hour is needed, and in the first day ten charges") {
    struct Row {
      const char* name;
      Evidence evidence;
      const char* why;
    };
    const Row rows[] = {
        {"nothing", {}, "too early to tell: 0 min were observed, and an hour is needed"},
        {"a burst", {0.5, 1000}, "too early to tell: 30 min were observed, and an hour is needed"},
        {"nearly", {0.999, 10}, "too early to tell: 59 min were observed, and an hour is needed"},
        {"an hour", {1, 10}, ""},
        {"few charges",
         {5, 9},
         "too early to tell: 9 calls were charged, and in the first day 10 are needed"},
        {"one charge",
         {23.9, 1},
         "too early to tell: 1 call was charged, and in the first day 10 are needed"},
        {"a day of few", {24, 1}, ""},
        {"a day of none", {24, 0}, ""}};
    for (const auto& row : rows) {
      CAPTURE(row.name);
      CHECK(why_too_early(row.evidence) == row.why);
    }
  }
}
