#include "cache/which_wins.hpp"

#include <string>

#include <doctest/doctest.h>

#include "cache/codec.hpp"
#include "fakes.hpp"

using namespace quotecached;
using namespace std::chrono_literals;
using test::kNow;

TEST_SUITE("cache::which wins") {
  TEST_CASE("the younger copy stays, unless it claims to come from the future") {
    struct Row {
      const char* name;
      milliseconds held;  // from now
      milliseconds offered;
      bool may_replace;
    };
    for (const Row& row : {
             Row{"older by a millisecond", -10s, -10s - 1ms, false},
             Row{"of the same age", -10s, -10s, true},
             Row{"younger by a millisecond", -10s, -10s + 1ms, true},
             Row{"held from ahead, as clocks differ", cache::kClockTolerance, 0ms, false},
             Row{"held from the future", cache::kClockTolerance + 1ms, 0ms, true},
             Row{"both from the future, offered older", 1h, 30min, true},
             Row{"offered from the future", 0ms, 1h, true},
         }) {
      CAPTURE(row.name);
      CHECK(cache::may_replace(kNow + row.held, kNow + row.offered, kNow) == row.may_replace);
    }
  }

  TEST_CASE("the stored form tells when it was fetched, without its key") {
    const auto entry = test::make_entry("text", 7s);
    const std::string stored = cache::encode(*entry, "key");
    CHECK(cache::stored_at(stored) == entry->fetched_at);
    CHECK(cache::stored_at(std::string_view(stored).substr(0, cache::kStoredHead)) ==
          entry->fetched_at);
    for (const std::string& junk : {std::string(),
                                    std::string("junk"),
                                    stored.substr(0, cache::kStoredHead - 1),
                                    "x" + stored.substr(1),
                                    stored.substr(0, 1) + "\x7f" + stored.substr(2),
                                    stored.substr(0, 11) + std::string(8, '\xff')}) {
      CHECK_FALSE(cache::stored_at(junk));
    }
  }
}
