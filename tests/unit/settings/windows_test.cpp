#include "settings/windows.hpp"

#include <doctest/doctest.h>

#include "support.hpp"

using namespace quotecached;
using namespace quotecached::settings;
using namespace quotecached::settings::test;
using namespace std::chrono_literals;

TEST_SUITE("settings::windows_of") {
  TEST_CASE("sections say the same as a list, here or behind --set") {
    const std::string sections =
        "[[warm.window]]\nname = \"a\"\nhours = \"22:00-02:30\"\ndays = \"sat-mon,wed\"\n"
        "timezone = \"+05:30\"\nassets = [\"1\"]\n[[warm.window]]\nname = \"b\"\npopular = 7\n";
    LoadInput input = input_named();
    input.sets = {
        "warm.window=[{name=\"a\",hours=\"22:00-02:30\",days=\"sat-mon,wed\","
        "timezone=\"+05:30\",assets=[\"1\"]},{name=\"b\",popular=7}]"};
    for (const auto& got : {loaded(sections), loaded("", input)}) {
      const auto& windows = got.settings.warm.windows;
      REQUIRE(windows.size() == 2);
      CHECK(windows[0].from == 22h);
      CHECK(windows[0].to == 2h + 30min);
      CHECK(windows[0].weekdays == 0b1100101);  // Monday is the lowest
      CHECK(windows[0].zone.offset_at(TimePoint{}) == 5h + 30min);
      CHECK(windows[1].to == 24h);
      CHECK(windows[1].popular == 7);
    }
  }

  TEST_CASE("there are three by default, and none of an empty list") {
    CHECK(loaded("").settings.warm.windows.size() == 3);
    CHECK(loaded("warm.window = []").settings.warm.windows.empty());
  }

  TEST_CASE("what they are printed as reads the same") {
    const auto printed = to_toml(usual_windows());
    const auto again = loaded("warm.window = " + printed).settings.warm.windows;
    CHECK(to_toml(again) == printed);
  }

  TEST_CASE("what cannot be meant is told with its place") {
    struct Row {
      const char* window;
      const char* named;
    };
    for (const auto& row : {
             Row{"1", "must be a list of windows"},
             Row{"[\"a\"]", "must be a list of windows"},
             Row{"[{assets=[\"1\"]}]", "name"},
             Row{"[{name=\"a b\",assets=[\"1\"]}]", "name"},
             Row{"[{name=\"a\",popular=1},{name=\"a\",popular=1}]", "name"},
             Row{"[{name=\"a\"}]", "neither assets nor popular"},
             Row{"[{name=\"a\",popular=1,hours=\"8:00-10:00\"}]", "hours"},
             Row{"[{name=\"a\",popular=1,hours=\"08:00\"}]", "hours"},
             Row{"[{name=\"a\",popular=1,hours=\"24:00-25:00\"}]", "hours"},
             Row{"[{name=\"a\",popular=1,hours=\"08:00-10:60\"}]", "hours"},
             Row{"[{name=\"a\",popular=1,days=\"monday\"}]", "days"},
             Row{"[{name=\"a\",popular=1,days=\"mon-\"}]", "days"},
             Row{"[{name=\"a\",popular=1,timezone=\"Mars/Base\"}]", "timezone"},
             Row{"[{name=\"a\",assets=[\"BTC\"]}]", "assets"},
             Row{"[{name=\"a\",assets=[1]}]", "assets"},
             Row{"[{name=\"a\",popular=-1}]", "popular"},
             Row{"[{name=\"a\",popular=1,colour=2}]", "colour"},
         }) {
      CAPTURE(row.window);
      const auto told = problems("\nwarm.window = " + std::string(row.window));
      CHECK(told.find(row.named) != std::string::npos);
      CHECK(told.find("q.toml:2") != std::string::npos);
    }
    CHECK(problems("warm.pinned = [\"BTC\"]").find("warm.pinned") != std::string::npos);
  }
}
