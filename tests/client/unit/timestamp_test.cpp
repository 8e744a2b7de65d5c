#include "src/timestamp.hpp"

#include <doctest/doctest.h>

namespace quotecache::test {

TEST_SUITE("client::timestamp") {
  TEST_CASE("what is read is written the same") {
    for (const char* const text : {"1970-01-01T00:00:00Z",
                                   "2024-02-29T23:59:59Z",
                                   "2026-11-21T10:00:00Z",
                                   "9999-12-31T23:59:59Z"}) {
      CAPTURE(text);
      const auto time = parse_timestamp(text);
      REQUIRE(time);
      CHECK(to_iso8601(*time) == text);
    }
  }

  TEST_CASE("fractions count to the millisecond, and before 1970 time runs the same way") {
    using std::chrono::milliseconds;
    CHECK(parse_timestamp("1970-01-01T00:00:01.25Z") == TimePoint(milliseconds(1250)));
    CHECK(parse_timestamp("1970-01-01T00:00:00.0019999999999999999Z") ==
          TimePoint(milliseconds(1)));
    CHECK(to_iso8601(TimePoint(milliseconds(-1))) == "1969-12-31T23:59:59Z");
  }

  TEST_CASE("nothing else is a time") {
    for (const char* const text : {"",
                                   "2026-11-21",
                                   "2026-11-21T10:00:00",
                                   "2026-11-21 10:00:00Z",
                                   "2026-11-21T10:00:00+01:00",
                                   "2026-02-29T10:00:00Z",
                                   "2026-13-01T10:00:00Z",
                                   "2026-11-21T24:00:00Z",
                                   "2026-11-21T10:60:00Z",
                                   "2026-11-21T10:00:-1Z",
                                   "2026-11-21T10:00:00.Z",
                                   "2026-11-21T10:00:00,5Z",
                                   "2026-11-21T10:00:00.5xZ"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_timestamp(text));
    }
  }
}

}  // namespace quotecache::test
