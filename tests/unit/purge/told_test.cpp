#include "purge/told.hpp"

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::purge;
using redis::Reply;

namespace {

constexpr TimePoint kNow{std::chrono::seconds(1'800'000'000)};

Reply text(std::string value) { return {Reply::Kind::Text, 0, std::move(value), {}}; }
Reply array(std::vector<Reply> elements) {
  return {Reply::Kind::Array, 0, "", std::move(elements)};
}

Reply reply(std::vector<Reply> daemons, std::vector<Reply> rules) {
  return array({text("7"),
                text("1800000000000"),
                array(std::move(daemons)),
                array(std::move(rules)),
                text("e1")});
}

Heard with(std::vector<Neighbour> neighbours) {
  Heard heard;
  heard.neighbours = std::move(neighbours);
  return heard;
}

}  // namespace

TEST_SUITE("purge: what daemons tell each other") {
  TEST_CASE("a reply is read, and what this version does not know is counted") {
    const auto heard = read_heard(reply({text("b"), text("6"), text("250"), text("-3")},
                                        {text("id=1"),
                                         text("1799999999000"),
                                         text("5000"),
                                         text("later=1"),
                                         text("1"),
                                         text("1")}),
                                  kNow);
    REQUIRE(heard);
    CHECK(heard->epoch == "e1");
    CHECK(heard->count == 7);
    REQUIRE(heard->neighbours.size() == 1);
    CHECK(heard->neighbours[0].name == "b");
    CHECK(heard->neighbours[0].heard == 6);
    CHECK(heard->neighbours[0].ahead == milliseconds(-3));
    REQUIRE(heard->rules.size() == 1);
    CHECK(heard->rules[0].before == kNow - milliseconds(1000));
    CHECK(heard->rules[0].until == kNow + milliseconds(5000));
    CHECK(heard->unknown == 1);
  }

  TEST_CASE("anything else is a failure") {
    CHECK_FALSE(read_heard(text("OK"), kNow));
    CHECK_FALSE(read_heard(array({}), kNow));
    CHECK_FALSE(read_heard(reply({text("b"), text("x"), text("1"), text("1")}, {}), kNow));
    CHECK_FALSE(read_heard(reply({}, {text("id=1"), text(""), text("1")}), kNow));
    CHECK_FALSE(read_heard({Reply::Kind::Failure, 0, "NOSCRIPT", {}}, kNow));
  }

  TEST_CASE("who has heard as much confirms; who was silent is not waited for") {
    const milliseconds soon{100};
    const auto heard = with({{"me", 1, soon, {}},
                             {"b", 7, soon, {}},
                             {"a", 8, soon, {}},
                             {"late", 6, soon, {}},
                             {"gone", 6, kSilence, {}}});
    auto confirmation = confirmation_of(heard, "me", 7);
    CHECK(confirmation.by == std::vector<std::string>{"a", "b"});
    CHECK(confirmation.lacking == std::vector<std::string>{"gone", "late"});
    CHECK(confirmation.is_worth_waiting);
    confirmation = confirmation_of(with({{"gone", 6, kSilence, {}}}), "me", 7);
    CHECK_FALSE(confirmation.is_worth_waiting);
    CHECK(confirmation.lacking.size() == 1);
  }

  TEST_CASE("the clock furthest ahead counts, but for one that is another time altogether") {
    const auto lead = [](milliseconds::rep a, milliseconds::rep b) {
      const auto heard = with({{"me", 0, {}, milliseconds(900)},
                               {"a", 0, {}, milliseconds(a)},
                               {"b", 0, {}, milliseconds(b)}});
      return lead_of_others(heard, "me", milliseconds(10)).count();
    };
    CHECK(lead(5, -700) == 0);
    CHECK(lead(5, 110) == 100);
    CHECK(lead(60'010, 0) == 60'000);
    CHECK(lead(60'011, 20) == 10);
  }
}
