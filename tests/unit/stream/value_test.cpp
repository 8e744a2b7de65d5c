#include "stream/value.hpp"

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::stream;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint kNow{1'700'000'000s};

compact::StandingRow row(const std::string& price, milliseconds age, bool is_stale = false) {
  compact::StandingRow made;
  made.begin = "{\"price\":" + price;
  made.fetched_at = kNow - age;
  made.fresh_until = made.fetched_at + 60s;
  made.stale_until = made.fetched_at + 24h;
  made.is_stale = is_stale;
  return made;
}

}  // namespace

TEST_SUITE("stream::follow") {
  TEST_CASE("a value is replaced by a younger copy alone, and told when it says something else") {
    struct Row {
      std::string name;
      Value held;
      Value seen;
      Step step;
      std::string is;  // price, and "s" when stale
    };
    const Row rows[] = {
        {"nothing", {}, {}, Step::Keep, ""},
        {"the first", {}, row("1", 5s), Step::Tell, "1"},
        {"the same", row("1", 5s), row("1", 5s), Step::Keep, "1"},
        {"younger", row("1", 5s), row("2", 1s), Step::Tell, "2"},
        {"younger, the same figures", row("1", 5s), row("1", 1s), Step::Reword, "1"},
        {"older", row("2", 1s), row("1", 5s), Step::Keep, "2"},
        {"older and stale", row("2", 1s), row("1", 70s, true), Step::Keep, "2"},
        {"as old, of another source", row("1", 5s), row("3", 5s), Step::Tell, "3"},
        {"gone stale", row("1", 70s), row("1", 70s, true), Step::Tell, "1s"},
        {"stale, and gone from memory", row("1", 70s), {}, Step::Tell, "1s"},
        {"gone from memory", row("1", 5s), {}, Step::Keep, "1"},
        {"fresh again", row("1", 70s, true), row("1", 1s), Step::Tell, "1"},
        {"too old to be shown", row("1", 24h, true), {}, Step::Withdraw, ""},
        {"of a future that a clock was set back from",
         row("1", -1h),
         row("2", 5s),
         Step::Tell,
         "2"},
        {"of a moment ahead, as clocks differ", row("1", -1s), row("2", 5s), Step::Keep, "1"},
    };
    for (const auto& one : rows) {
      CAPTURE(one.name);
      auto value = one.held;
      CHECK(follow(value, one.seen, kNow) == one.step);
      const auto is = !value ? "" : value->begin.substr(9) + (value->is_stale ? "s" : "");
      CHECK(is == one.is);
    }
  }

  TEST_CASE("a value says when it is of, and whether it is stale, but no age") {
    CHECK(json_of(row("1", 0s, true)) ==
          R"({"price":1,"fetched_at":"2023-11-14T22:13:20.000Z","stale":true})");
  }
}
