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
    const auto all = [](const std::string&) { return true; };
    for (int i = 0; i < 4; ++i) turns += *audience.next_client(all) + " ";
    CHECK(turns == "alice bob carol alice ");
    audience.remove("bob", TimePoint{});
    audience.remove("nobody", TimePoint{});
    CHECK(audience.listeners == 3);
    CHECK(*audience.next_client(all) == "bob");  // one is left
    const auto not_carol = [](const std::string& name) { return name != "carol"; };
    CHECK(*audience.next_client(not_carol) == "alice");
    CHECK(*audience.next_client(not_carol) == "bob");
    CHECK(audience.next_client([](const std::string&) { return false; }) == nullptr);
    CHECK(audience.asked_as == "bob");
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
