#include "base/iso_time.hpp"

#include <doctest/doctest.h>

using namespace quotecached;
using namespace std::chrono_literals;

TEST_SUITE("base::iso_time") {
  TEST_CASE("a moment is read and written the same") {
    for (const auto* text : {"1970-01-01T00:00:00Z",
                             "2026-11-01T00:00:00Z",
                             "2024-02-29T23:59:59Z",
                             "2026-11-17T08:05:09.250Z",
                             "2026-11-17T08:05:09.007Z"}) {
      CAPTURE(text);
      const auto time = parse_iso_time(text);
      REQUIRE(time);
      CHECK(iso_time(*time) == text);
    }
    CHECK(parse_iso_time("2026-11-01T00:00:00.000Z") == TimePoint(1'793'491'200'000ms));
  }

  TEST_CASE("anything else is no moment") {
    for (const auto* text : {"",
                             "now",
                             "2026-11-01",
                             "2026-11-01T00:00:00",
                             "2026-11-01 00:00:00Z",
                             "2026-11-31T00:00:00Z",
                             "2026-13-01T00:00:00Z",
                             "2026-00-01T00:00:00Z",
                             "2026-11-00T00:00:00Z",
                             "2025-02-29T00:00:00Z",
                             "2026-11-01T24:00:00Z",
                             "2026-11-01T00:60:00Z",
                             "2026-11-01T00:00:60Z",
                             "2026-11-01T00:00:00.25Z",
                             "2026-11-01T00:00:00+01:00",
                             "2026-11-01T00:00:00ZZ",
                             "-026-11-01T00:00:00Z",
                             "2026-11- 1T00:00:00Z"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_iso_time(text));
    }
  }
}
