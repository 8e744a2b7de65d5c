#include "calling/breakers.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::calling;
using News = Breakers::News;
using State = Breaker::State;

namespace {

constexpr Breaker::Options kOptions{
    .failures_to_open = 3, .first_probe_after = 1000ms, .last_probe_after = 8000ms};

struct Desk {
  Breakers breakers{kOptions, 4};
  Breakers::Time now{1h};

  News call(const std::string& lane, Evidence evidence) {
    auto attempt = breakers.allow(lane, now);
    REQUIRE(attempt);
    return attempt->report(evidence, now);
  }
  bool may_call(const std::string& lane) { return breakers.allow(lane, now).has_value(); }
  void fail(const std::string& lane) {
    for (int i = 0; i < kOptions.failures_to_open; ++i) call(lane, Evidence::Failure);
  }
};

}  // namespace

TEST_SUITE("calling::Breakers") {
  TEST_CASE("a lane that fails stops itself and no other") {
    Desk desk;
    CHECK(desk.call("a", Evidence::Failure) == News::None);
    CHECK(desk.call("a", Evidence::Failure) == News::None);
    CHECK(desk.call("a", Evidence::Failure) == News::Doubt);
    CHECK_FALSE(desk.may_call("a"));
    CHECK(desk.may_call("b"));
    CHECK(desk.may_call(""));
    CHECK(desk.breakers.state() == State::Closed);
    desk.now += 1s;
    CHECK(desk.call("a", Evidence::Failure) == News::Doubt);  // again, so that it is asked why
    desk.now += 2s;
    CHECK(desk.call("a", Evidence::Good) == News::None);
    CHECK(desk.may_call("a"));
    CHECK(desk.breakers.lanes() == 0);
  }

  TEST_CASE("pages in a row make upstream doubted and stop nothing, a good answer ends the row") {
    Desk desk;
    CHECK(desk.call("a", Evidence::Page) == News::None);
    CHECK(desk.call("b", Evidence::Page) == News::None);
    CHECK(desk.call("c", Evidence::Good) == News::None);
    CHECK(desk.call("a", Evidence::Page) == News::None);
    CHECK(desk.call("a", Evidence::Nothing) == News::None);
    CHECK(desk.call("b", Evidence::Page) == News::None);
    CHECK(desk.call("", Evidence::Page) == News::Doubt);
    CHECK(desk.call("a", Evidence::Page) == News::Doubt);
    CHECK(desk.may_call("a"));
    CHECK(desk.breakers.state() == State::Closed);
  }

  TEST_CASE("while all calls are stopped only a page to a call of our own goes on stopping them") {
    Desk desk;
    CHECK(desk.breakers.open(desk.now));
    desk.now += 1s;
    CHECK(desk.call("a", Evidence::Page) == News::Doubt);
    CHECK(desk.call("", Evidence::Page) == News::None);  // its turn was given back
    CHECK_FALSE(desk.may_call("b"));
    desk.now += 1s;
    CHECK_FALSE(desk.may_call("b"));  // for twice as long
    desk.now += 1s;
    CHECK(desk.call("b", Evidence::Good) == News::Closed);
  }

  TEST_CASE("what says nothing neither opens a breaker nor closes it") {
    Desk desk;
    for (int i = 0; i < 50; ++i) CHECK(desk.call("a", Evidence::Nothing) == News::None);
    CHECK(desk.may_call("a"));
    CHECK(desk.breakers.lanes() == 0);
    desk.fail("a");
    desk.now += 1s;
    CHECK(desk.call("a", Evidence::Nothing) == News::None);
    CHECK(desk.call("a", Evidence::Failure) == News::Doubt);
    CHECK_FALSE(desk.may_call("a"));
  }

  TEST_CASE("who cannot reach it at all stops for all") {
    Desk desk;
    CHECK(desk.call("a", Evidence::Network) == News::None);
    CHECK(desk.call("b", Evidence::Network) == News::None);
    CHECK(desk.call("c", Evidence::Network) == News::Opened);
    for (const auto* lane : {"a", "d", ""}) CHECK_FALSE(desk.may_call(lane));
    desk.now += 1s;
    CHECK(desk.call("d", Evidence::Good) == News::Closed);
    CHECK(desk.may_call("a"));
  }

  TEST_CASE("an outage that is confirmed stops all, and its end forgives the lanes") {
    Desk desk;
    desk.fail("a");
    CHECK(desk.breakers.open(desk.now));
    CHECK_FALSE(desk.breakers.open(desk.now));
    CHECK_FALSE(desk.may_call("b"));
    desk.now += 1s;
    CHECK(desk.call("b", Evidence::Failure) == News::None);  // the account's probe, not the lane's
    CHECK_FALSE(desk.may_call("b"));
    desk.now += 2s;
    CHECK(desk.call("b", Evidence::Good) == News::Closed);
    CHECK(desk.may_call("a"));
    CHECK(desk.may_call("b"));
    CHECK(desk.breakers.lanes() == 0);
  }

  TEST_CASE("without a lane failures count for all") {
    Desk desk;
    CHECK(desk.call("", Evidence::Failure) == News::None);
    CHECK(desk.call("", Evidence::Failure) == News::None);
    CHECK(desk.call("", Evidence::Failure) == News::Opened);
    CHECK_FALSE(desk.may_call("a"));
  }

  TEST_CASE("a lane that is refused by the account leaves nothing behind") {
    Desk desk;
    desk.breakers.open(desk.now);
    for (int i = 0; i < 20; ++i) CHECK_FALSE(desk.may_call("lane " + std::to_string(i)));
    CHECK(desk.breakers.lanes() == 0);
  }

  TEST_CASE("lanes are bounded: the one tried longest ago is forgotten") {
    Desk desk;
    for (int i = 0; i < 20; ++i) {
      desk.fail("lane " + std::to_string(i));
      desk.now += 1ms;
    }
    CHECK(desk.breakers.lanes() == 4);
    CHECK_FALSE(desk.may_call("lane 19"));
    CHECK(desk.may_call("lane 0"));
  }

  TEST_CASE("with calls under way in all of them a further lane goes without") {
    Desk desk;
    std::vector<Breakers::Attempt> attempts;
    for (int i = 0; i < 6; ++i) {
      auto attempt = desk.breakers.allow("lane " + std::to_string(i), desk.now);
      REQUIRE(attempt);
      attempts.push_back(std::move(*attempt));
    }
    CHECK(desk.breakers.lanes() == 4);
    for (auto& attempt : attempts) CHECK(attempt.report(Evidence::Good, desk.now) == News::None);
    CHECK(desk.breakers.lanes() == 0);
  }
}
