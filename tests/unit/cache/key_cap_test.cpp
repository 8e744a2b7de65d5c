#include "cache/key_cap.hpp"

#include <doctest/doctest.h>

#include "cache/read_time.hpp"

using namespace quotecached;
using namespace std::chrono_literals;

TEST_SUITE("cache::cap_of") {
  TEST_CASE("a copy is held for the cap, and never less than its family is fresh") {
    const cache::FreshTimes times{{"v1.map", 24h}, {"v2.quotes", 60s}, {"", 99h}};
    struct Row {
      const char* key;
      milliseconds cap;
    };
    for (const Row& row : {Row{"qc1:v1.map:query:limit=10", 24h},
                           Row{"qc1:v2.quotes:id:1:USD:-", 5min},
                           Row{"qc1:unheard-of:query:", 5min},
                           Row{"qc1:v1.map", 5min},
                           Row{"v1.map", 5min},
                           Row{"", 5min},
                           Row{":", 5min}}) {
      CAPTURE(row.key);
      CHECK(cache::cap_of(row.key, 5min, &times) == row.cap);
    }
    CHECK(cache::cap_of("qc1:v1.map:query:limit=10", 5min, nullptr) == 5min);
    CHECK(cache::cap_of("qc1:v1.map:query:limit=10", 48h, &times) == 48h);
  }

  TEST_CASE("reading has time by what there is to read, within a bound") {
    CHECK(cache::time_to_read(Bytes{0}, 250ms) == 250ms);
    CHECK(cache::time_to_read(mebibytes(1), 250ms) == 750ms);
    CHECK(cache::time_to_read(mebibytes(2), 100ms) == 1100ms);
    CHECK(cache::time_to_read(mebibytes(8), 250ms) == 4250ms);
    CHECK(cache::time_to_read(mebibytes(100'000), 250ms) == 4250ms);
  }
}
