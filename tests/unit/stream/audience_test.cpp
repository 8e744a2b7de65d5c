#include "stream/audience.hpp"

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::stream;
using namespace std::chrono_literals;

TEST_SUITE("stream::Audience") {
  TEST_CASE("reviews are made for each client in turn") {
    Audience audience;
    for (const auto* name : {"bob", "alice", "carol", "bob"}) audience.add(name);
    std::string turns;
    for (int i = 0; i < 4; ++i) turns += audience.next_client() + " ";
    CHECK(turns == "alice bob carol alice ");
    audience.remove("bob", TimePoint{});
    audience.remove("nobody", TimePoint{});
    CHECK(audience.listeners == 3);
    CHECK(audience.next_client() == "bob");  // one is left
  }

  TEST_CASE("a review is due in time, and when the clock was set back") {
    const TimePoint then{1'000'000s};
    Audience audience;
    CHECK_FALSE(audience.is_due(then, 10s));  // for nobody
    audience.add("");
    audience.reviewed_at = then;
    CHECK_FALSE(audience.is_due(then + 9s, 10s));
    CHECK(audience.is_due(then + 10s, 10s));
    CHECK(audience.is_due(then - 1s, 10s));
    audience.is_reviewing = true;
    CHECK_FALSE(audience.is_due(then + 10s, 10s));
    audience.remove("", then);
    CHECK_FALSE(audience.is_over(then + 60s, 60s));
    audience.is_reviewing = false;
    CHECK_FALSE(audience.is_over(then + 59s, 60s));
    CHECK(audience.is_over(then + 60s, 60s));
  }
}
