#include "base/time_zone.hpp"

#include <filesystem>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace std::chrono_literals;
using std::chrono::seconds;

namespace {

TimePoint at(std::chrono::year_month_day date, seconds time) {
  return std::chrono::sys_days(date) + time;
}

seconds offset(const std::string& rule, TimePoint now) {
  const auto parsed = ZoneRule::parse(rule);
  REQUIRE(parsed);
  return parsed->offset_at(now);
}

// This system's zone files, or none: then what needs them is passed over.
bool has_zones() { return std::filesystem::exists("/usr/share/zoneinfo/Europe/Berlin"); }

}  // namespace

TEST_SUITE("base::TimeZone") {
  using namespace std::chrono;

  TEST_CASE("a rule turns at the second that it names, on both sides of the equator") {
    struct Row {
      const char* name;
      const char* rule;
      TimePoint now;
      seconds wanted;
    };
    const std::string berlin = "CET-1CEST,M3.5.0,M10.5.0/3";
    for (const auto& row : {
             Row{"before spring", berlin.c_str(), at(2026y / 3 / 29, 1h - 1s), 1h},
             Row{"at spring", berlin.c_str(), at(2026y / 3 / 29, 1h), 2h},
             Row{"before autumn", berlin.c_str(), at(2026y / 10 / 25, 1h - 1s), 2h},
             Row{"at autumn", berlin.c_str(), at(2026y / 10 / 25, 1h), 1h},
             Row{"new york, second Sunday", "EST5EDT,M3.2.0,M11.1.0", at(2026y / 3 / 8, 7h), -4h},
             Row{"sydney, January", "AEST-10AEDT,M10.1.0,M4.1.0/3", at(2026y / 1 / 1, 0s), 11h},
             Row{"sydney, July", "AEST-10AEDT,M10.1.0,M4.1.0/3", at(2026y / 7 / 1, 0s), 10h},
             Row{"no summer", "IST-5:30", at(2026y / 7 / 1, 0s), 5h + 30min},
             Row{"a name in brackets", "<-03>3", at(2026y / 7 / 1, 0s), -3h},
             Row{"a turn before midnight",
                 "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
                 at(2026y / 7 / 1, 0s),
                 -1h},
             Row{"a day without leap", "AAA0BBB,J60,J300", at(2028y / 3 / 1, 2h), 1h},
             Row{"... one second sooner", "AAA0BBB,J60,J300", at(2028y / 3 / 1, 2h - 1s), 0h},
             Row{"a day with leap", "AAA0BBB,59,300", at(2028y / 2 / 29, 2h), 1h},
         }) {
      CAPTURE(row.name);
      CHECK(offset(row.rule, row.now) == row.wanted);
    }
  }

  TEST_CASE("what is no rule is refused") {
    for (const char* text : {"",
                             "CET",
                             "CET-1CEST",
                             "CET-1CEST,M13.1.0,M1.1.0",
                             "CET-1CEST,M3.5.0",
                             "CET-1CEST,M3.6.0,M10.5.0",
                             "CET-1CEST,M3.5.7,M10.5.0",
                             "<CET-1",
                             "CET-1 ",
                             "CET-1CEST,M3.5.0,M10.5.0/3x",
                             "CET-27",
                             "CET-2000000000",
                             "CET-1:60",
                             "CET-1CEST,M3.5.0,M10.5.0/168",
                             "CET-1CEST,M3.5.0,M10.5.0/-2000000000:00"}) {
      CAPTURE(text);
      CHECK_FALSE(ZoneRule::parse(text));
    }
  }

  TEST_CASE("UTC and offsets need no file") {
    REQUIRE(TimeZone::load("UTC"));
    CHECK(TimeZone::load("UTC")->offset_at(TimePoint{}) == 0s);
    CHECK(TimeZone::load("+05:30")->offset_at(TimePoint{}) == 5h + 30min);
    CHECK(TimeZone::load("-03:00")->offset_at(TimePoint{}) == -3h);
  }

  TEST_CASE("what is no zone is refused, wherever it leads") {
    for (const char* name : {"",
                             "Nowhere/City",
                             "../etc/passwd",
                             "/etc/passwd",
                             "+5",
                             "+25:00",
                             "+05:60",
                             "Europe",
                             "utc\n"}) {
      CAPTURE(name);
      CHECK_FALSE(TimeZone::load(name));
    }
  }

  TEST_CASE("the system's zones are read, past and future") {
    if (!has_zones()) {
      MESSAGE("skipped: no zone files here");
      return;
    }
    const auto berlin = TimeZone::load("Europe/Berlin");
    REQUIRE(berlin);
    CHECK(berlin->offset_at(at(2026y / 1 / 1, 0s)) == 1h);
    CHECK(berlin->offset_at(at(2026y / 7 / 1, 0s)) == 2h);
    CHECK(berlin->offset_at(at(2099y / 7 / 1, 0s)) == 2h);
    CHECK(berlin->offset_at(at(1947y / 6 / 1, 0s)) == 3h);  // double summer time
    CHECK(TimeZone::load("Asia/Kolkata")->offset_at(at(2026y / 7 / 1, 0s)) == 5h + 30min);
    CHECK(TimeZone::load("America/New_York")->offset_at(at(2026y / 7 / 1, 0s)) == -4h);
  }

  TEST_CASE("a broken file is refused at any length") {
    const std::string start("TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
    for (std::size_t size = 0; size <= start.size(); ++size)
      CHECK_FALSE(TimeZone::parse(start.substr(0, size)));
    CHECK_FALSE(TimeZone::parse(start + std::string(24, '\xff')));
    CHECK_FALSE(TimeZone::parse(start + std::string(24, '\0')));
  }
}
