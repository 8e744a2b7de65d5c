#include "base/breaker.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace std::chrono_literals;
using State = Breaker::State;

namespace {

const Breaker::Time kStart{1h};

Breaker opened_at_start() {
  Breaker breaker({.failures_to_open = 1, .first_probe_after = 500ms, .last_probe_after = 4000ms});
  breaker.failed(kStart);
  return breaker;
}

}  // namespace

TEST_SUITE("base::Breaker") {
  TEST_CASE("opens only after the set number of failures in a row") {
    for (const int needed : {1, 2, 3, 10}) {
      CAPTURE(needed);
      Breaker breaker({.failures_to_open = needed});
      for (int i = 1; i < needed; ++i) {
        CHECK_FALSE(breaker.failed(kStart));
        CHECK(breaker.allow(kStart));
      }
      CHECK(breaker.failed(kStart));
      CHECK(breaker.state() == State::Open);
      CHECK_FALSE(breaker.allow(kStart));
    }
  }

  TEST_CASE("a success in between starts the count again") {
    Breaker breaker({.failures_to_open = 2});
    breaker.failed(kStart);
    CHECK_FALSE(breaker.succeeded());
    CHECK_FALSE(breaker.failed(kStart));
    CHECK(breaker.state() == State::Closed);
  }

  TEST_CASE("lets exactly one probe through, and not a moment early") {
    auto breaker = opened_at_start();
    CHECK_FALSE(breaker.allow(kStart + 500ms - 1ns));
    CHECK(breaker.allow(kStart + 500ms));
    CHECK(breaker.state() == State::Probing);
    CHECK_FALSE(breaker.allow(kStart + 500ms));
    CHECK_FALSE(breaker.allow(kStart + 1h));
  }

  TEST_CASE("a probe that succeeds closes it and says so once") {
    auto breaker = opened_at_start();
    REQUIRE(breaker.allow(kStart + 500ms));
    CHECK(breaker.succeeded());
    CHECK_FALSE(breaker.succeeded());
    CHECK(breaker.allow(kStart + 500ms));
    SUBCASE("and the next opening waits the first time again") {
      breaker.failed(kStart + 1s);
      CHECK_FALSE(breaker.allow(kStart + 1s + 499ms));
      CHECK(breaker.allow(kStart + 1s + 500ms));
    }
  }

  TEST_CASE("each failed probe doubles the wait up to the limit") {
    auto breaker = opened_at_start();
    auto now = kStart;
    for (const auto wait : {500ms, 1000ms, 2000ms, 4000ms, 4000ms}) {
      CAPTURE(wait.count());
      CHECK_FALSE(breaker.allow(now + wait - 1ms));
      now += wait;
      REQUIRE(breaker.allow(now));
      CHECK_FALSE(breaker.failed(now));
      CHECK(breaker.state() == State::Open);
    }
  }

  TEST_CASE("a late failure of an older call does not push the probe away") {
    auto breaker = opened_at_start();
    CHECK_FALSE(breaker.failed(kStart + 499ms));
    CHECK(breaker.allow(kStart + 500ms));
  }

  TEST_CASE("a late success of an older call closes it") {
    auto breaker = opened_at_start();
    CHECK(breaker.succeeded());
    CHECK(breaker.state() == State::Closed);
  }

  TEST_CASE("an abandoned probe gives its turn to the next caller") {
    auto breaker = opened_at_start();
    REQUIRE(breaker.allow(kStart + 500ms));
    breaker.abandoned();
    CHECK(breaker.state() == State::Open);
    CHECK(breaker.allow(kStart + 500ms));
    SUBCASE("while abandoning changes nothing when there is no probe") {
      breaker.succeeded();
      breaker.abandoned();
      CHECK(breaker.state() == State::Closed);
    }
  }
}
