#include "usage/rollup.hpp"

#include <doctest/doctest.h>

#include "usage/rollup_period.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::usage;

namespace {

// A moment of 2026 in UTC.
TimePoint at(unsigned month, unsigned day, milliseconds time) {
  const std::chrono::year_month_day date(
      std::chrono::year(2026), std::chrono::month(month), std::chrono::day(day));
  return TimePoint(std::chrono::sys_days(date)) + time;
}

}  // namespace

TEST_SUITE("usage::UsageCounts") {
  TEST_CASE("every count is added and taken away, each in its own column") {
    UsageCounts counts;
    std::int64_t number = 0;
    for (const auto& column : kUsageColumns) counts.*column.count = ++number;
    for (auto& hits : counts.hits) hits = ++number;
    const auto hits = counts.all_hits();
    for (auto& latency : counts.latencies) latency = ++number;
    auto twice = counts;
    twice += counts;
    number = 0;
    for (const auto& column : kUsageColumns) {
      CAPTURE(column.name);
      CHECK(twice.*column.count == 2 * ++number);
    }
    for (const auto of_tier : twice.hits) CHECK(of_tier == 2 * ++number);
    CHECK(twice.all_hits() == 2 * hits);
    for (const auto latency : twice.latencies) CHECK(latency == 2 * ++number);
    twice -= counts;
    CHECK(twice == counts);
  }
}

TEST_SUITE("usage::Period") {
  TEST_CASE("a period starts at its first millisecond in UTC") {
    const auto time = at(11, 21, 13h + 37min + 59s + 999ms);
    CHECK(start_of(Period::Minute, time) == at(11, 21, 13h + 37min));
    CHECK(start_of(Period::Hour, time) == at(11, 21, 13h));
    CHECK(start_of(Period::Day, time) == at(11, 21, 0h));
    CHECK(start_of(Period::Month, time) == at(11, 1, 0h));
    for (const auto period : {Period::Minute, Period::Hour, Period::Day, Period::Month}) {
      CHECK(start_of(period, at(3, 1, 0h)) == at(3, 1, 0h));
      CHECK(start_of(period, at(3, 1, 0h) - 1ms) < at(3, 1, 0h));
    }
  }

  TEST_CASE("what is counted between two flushes belongs to the minute of its middle") {
    struct Row {
      const char* name;
      milliseconds last;
      milliseconds now;
      milliseconds minute;
    };
    const Row rows[] = {
        {"shortly after the minute", 10h + 20ms, 10h + 1min + 20ms, 10h},
        {"late by some seconds", 10h + 20ms, 10h + 1min + 25s, 10h},
        {"at the end, within a minute", 10h + 1min + 20ms, 10h + 1min + 40s, 10h + 1min},
        {"at the end, just after a flush", 10h + 1min + 20ms, 10h + 1min + 30ms, 10h + 1min},
        {"after midnight", 23h + 59min + 20ms, 24h + 20ms, 23h + 59min},
        {"long ago", 1h, 10h + 1min + 40s, 10h + 1min},
        {"the clock stepped back", 12h, 10h + 1min + 2s, 10h + 1min},
        {"at once", 10h, 10h, 10h},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      CHECK(minute_between(at(11, 21, row.last), at(11, 21, row.now)) == at(11, 21, row.minute));
    }
  }
}
